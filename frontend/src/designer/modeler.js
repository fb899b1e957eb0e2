// bpmn-js with the parts a designer needs. What the engine refuses is not offered for drawing.
import Modeler from "bpmn-js/lib/Modeler";
import ColorPicker from "bpmn-js-color-picker/colors";
import { CreateAppendAnythingModule } from "bpmn-js-create-append-anything";
import Minimap from "diagram-js-minimap";

import spiffworkflow from "./spiffworkflow.json";
import Texts from "./texts.js";

const REFUSED =
  /transaction|ad-?hoc|compensat|conditional-(?!flow)|business-rule|complex-gateway|data-store|cancel-(boundary|end)|event-sub-?process|(message|timer|signal|escalation|error)-start|instantiat/i;

/** Takes what the engine cannot run out of the menus that create, append and change elements. */
class OnlyWhatRuns {
  constructor(popupMenu) {
    for (const menu of ["bpmn-create", "bpmn-append", "bpmn-replace"]) popupMenu.registerProvider(menu, 100, this);
  }

  getPopupMenuEntries() {
    return (entries) => Object.fromEntries(Object.entries(entries).filter(([id]) => !REFUSED.test(id)));
  }

  getPopupMenuHeaderEntries() {
    return (entries) => entries;
  }
}
OnlyWhatRuns.$inject = ["popupMenu"];

/** Several changes as one: undone by one step. `acts` are functions that call `modeling`. */
class Together {
  preExecute({ acts }) {
    for (const act of acts) act();
  }
}

class Commands {
  constructor(commandStack) {
    commandStack.registerHandler("designer.together", Together);
  }
}
Commands.$inject = ["commandStack"];

const ours = {
  __init__: ["designerOnlyWhatRuns", "designerCommands"],
  designerOnlyWhatRuns: ["type", OnlyWhatRuns],
  designerCommands: ["type", Commands],
};

export function createModeler(container) {
  return new Modeler({
    container,
    additionalModules: [Texts, CreateAppendAnythingModule, ColorPicker, Minimap, ours],
    moddleExtensions: { spiffworkflow },
    // The designs' own font: an exported picture looks as on screen.
    textRenderer: { defaultStyle: { fontFamily: "'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif" } },
  });
}

const margins = { left: 120, right: 40, top: 40, bottom: 40 };

// Below this the names of the steps cannot be read any more.
const readable = 0.65;

/** Show all of the drawing, clear of the palette (the modeler's own fit hides shapes behind it); or its beginning, `legible`. */
export function showAll(canvas, { legible = false } = {}) {
  const { inner, outer } = canvas.viewbox();
  if (!outer.width || !inner.width) return;
  const room = { width: outer.width - margins.left - margins.right, height: outer.height - margins.top - margins.bottom };
  const whole = Math.min(1, room.width / inner.width, room.height / inner.height);
  const scale = legible ? Math.max(whole, readable) : whole;
  canvas.viewbox({
    x: inner.x - margins.left / scale,
    y: inner.y - margins.top / scale - Math.max(0, room.height / scale - inner.height) / 2,
    width: outer.width / scale,
    height: outer.height / scale,
  });
}
