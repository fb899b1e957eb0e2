// [data-designer]: draws a design and keeps its draft. The element's data say where to read and write.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn-codes.css";
import "bpmn-js-color-picker/colors/color-picker.css";
import "bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css";
import "diagram-js-minimap/assets/diagram-js-minimap.css";
import "./designer.css";

import { createModeler, showAll } from "./modeler.js";
import { PropertiesPanel } from "./panel/index.js";
import { Problems } from "./problems.js";
import { Saving } from "./saving.js";
import { missing, t } from "./texts.js";
import { nameParts, offer, tools, watchHistory } from "./tools.js";

const token = document.querySelector("meta[name=csrf-token]").content;

function post(url, body) {
  return fetch(url, { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(body) });
}

async function read(url) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return answer.json();
}

/** Popups search at each key released, and Enter picks: neither fits words that are composed or pasted. */
function helpPopups(root) {
  root.addEventListener("keydown", (event) => (event.isComposing || event.keyCode === 229) && event.stopPropagation(), { capture: true });
  root.addEventListener("input", ({ target }) => {
    if (target.closest(".djs-popup-search")) target.dispatchEvent(new KeyboardEvent("keyup", { bubbles: true }));
  });
}

/** Files from elsewhere may hold a process without a drawing of it: it gets one. */
async function drawn(xml) {
  if (xml.includes("BPMNShape")) return xml;
  const { layoutProcess } = await import("bpmn-auto-layout");
  return layoutProcess(xml);
}

/** A switch between drawing and walking through what is drawn. */
function simulation(root, modeler, part) {
  let end = null;
  let starting = false;
  return async () => {
    if (starting) return;
    starting = true;
    const button = root.querySelector("[data-tool=simulate]");
    try {
      if (end) end();
      const on = !end;
      root.classList.toggle("is-simulating", on);
      button.setAttribute("aria-pressed", String(on));
      part("simulation").hidden = !on;
      end = on ? await (await import("./simulation/index.js")).simulate((await modeler.saveXML()).xml, part("simulation")) : null;
    } finally {
      starting = false;
    }
  };
}

async function begin(root) {
  const { key, draft, names, problems: problemsUrl } = root.dataset;
  const part = (name) => root.querySelector(`[data-part=${name}]`);
  const [known, opened] = await Promise.all([read(names), read(draft)]);
  const modeler = createModeler(part("canvas"));
  const canvas = modeler.get("canvas");
  const panel = new PropertiesPanel(modeler, part("panel"), known);
  const download = async () => offer(`${key}.bpmn`, (await modeler.saveXML({ format: true })).xml, "application/xml");

  const load = async (given) => {
    const { xml, revision } = given || (await read(draft));
    const { warnings } = await modeler.importXML(await drawn(xml));
    for (const warning of warnings) console.warn(warning.message);
    showAll(canvas, { legible: true });
    saving.settled(revision);
    saving.tell(revision ? t("与服务器上的一致") : t("还没有草稿"));
    problems.check();
  };
  const saving = new Saving(modeler, { state: part("state"), url: draft, post, revision: 0, finish: () => panel.finish(), load, download });
  const problems = new Problems(modeler, { host: part("problems"), count: part("count"), url: problemsUrl, post, told: (found) => panel.say(found) });

  await load(opened);
  watchHistory(modeler, root);
  nameParts(modeler, root);
  helpPopups(root);
  const acts = { ...tools(modeler, { name: key, panel }), save: () => saving.save(), simulate: simulation(root, modeler, part) };
  root.addEventListener("click", ({ target }) => {
    const tool = target.closest("[data-tool]");
    if (tool && acts[tool.dataset.tool]) acts[tool.dataset.tool]();
  });
  window.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      saving.save();
    }
  });
  new ResizeObserver(() => canvas.resized()).observe(part("canvas"));
  // For tests: what the two word lists lack.
  root.untranslated = missing;
  root.dataset.ready = "yes";
}

for (const root of document.querySelectorAll("[data-designer]")) {
  begin(root).catch((error) => {
    console.warn(error);
    root.querySelector("[data-part=failed]").hidden = false;
  });
}
