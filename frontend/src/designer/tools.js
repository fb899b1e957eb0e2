// The buttons above the drawing and what they do with it.
import { t } from "./texts.js";
import { showAll } from "./modeler.js";

/** Give the person a file. */
export function offer(name, content, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** What each button does, by its data-tool. */
export function tools(modeler, { name, panel }) {
  const canvas = modeler.get("canvas");
  const editor = modeler.get("editorActions");
  const step = (factor) => canvas.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * factor)));
  return {
    undo: () => editor.trigger("undo"),
    redo: () => editor.trigger("redo"),
    copy: () => editor.trigger("copy"),
    paste: () => editor.trigger("paste"),
    find: () => editor.trigger("find"),
    in: () => step(1.25),
    out: () => step(0.8),
    fit: () => showAll(canvas),
    map: () => modeler.get("minimap").toggle(),
    bpmn: async () => {
      panel.finish();
      offer(`${name}.bpmn`, (await modeler.saveXML({ format: true })).xml, "application/xml");
    },
    svg: async () => {
      panel.finish();
      offer(`${name}.svg`, (await modeler.saveSVG()).svg, "image/svg+xml");
    },
  };
}

/** Buttons that cannot do anything now are disabled. */
export function watchHistory(modeler, root) {
  const stack = modeler.get("commandStack");
  const selection = modeler.get("selection");
  const show = () => {
    root.querySelector("[data-tool=undo]").disabled = !stack.canUndo();
    root.querySelector("[data-tool=redo]").disabled = !stack.canRedo();
    root.querySelector("[data-tool=copy]").disabled = !selection.get().length;
  };
  modeler.on(["commandStack.changed", "selection.changed", "import.done"], show);
  show();
}

/** The palette and menus of bpmn-js are made of plain boxes: give them names and let the keyboard reach them. */
export function nameParts(modeler, root) {
  const svg = root.querySelector(".djs-container > svg");
  svg.setAttribute("role", "application");
  svg.setAttribute("aria-label", t("流程图画布。选中元素后在右侧设置；N 新建，A 追加，E 改名，Delete 删除。"));
  const palette = root.querySelector(".djs-palette");
  palette.setAttribute("role", "toolbar");
  palette.setAttribute("aria-label", t("绘图工具"));
  for (const entry of palette.querySelectorAll(".entry[title]")) {
    entry.setAttribute("role", "button");
    entry.setAttribute("aria-label", entry.title);
  }
}
