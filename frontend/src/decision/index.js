// The page of a decision table: the editor in the place of the plain table; what it holds goes into the form.
import "./decision.scss";
import { on } from "../app/dom.js";
import Editor from "./editor.js";
import words from "./words.js";

const box = document.getElementById("decision-editor");
const source = document.getElementById("decision-xml");
const form = document.getElementById("decision-form");
const editor = new Editor(box, words(box.dataset.lang));
let changed = 0;
let written = 0;

/** Bring the form up to date with the table; the page's checks listen to the input. */
async function write() {
  if (written === changed) return;
  written = changed;
  const { xml } = await editor.saveXML({ format: true });
  source.value = xml;
  source.dispatchEvent(new Event("input", { bubbles: true }));
}

async function begin() {
  try {
    await editor.importXML(source.value);
  } catch {
    return; // what cannot be drawn can still be read and mended as text
  }
  document.getElementById("decision-plain").hidden = true;
  box.hidden = false;
  editor.getActiveViewer().on("commandStack.changed", () => {
    changed += 1;
    setTimeout(write, 300);
  });
}

begin();

// Cells tell of what is typed a little later: wait for it before anything is sent.
form.addEventListener(
  "submit",
  async (event) => {
    if (form.dataset.ready || box.hidden) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (document.activeElement) document.activeElement.blur();
    await new Promise((done) => setTimeout(done, 350));
    await write();
    form.dataset.ready = "yes";
    form.requestSubmit(event.submitter || undefined);
    delete form.dataset.ready;
  },
  { capture: true },
);

on("click", "[data-jump]", (link, event) => {
  const cell = box.querySelector(`[data-element-id="${CSS.escape(link.dataset.jump)}"]`);
  if (!cell) return;
  event.preventDefault();
  cell.scrollIntoView({ block: "center", inline: "center" });
  const editable = cell.querySelector("[contenteditable]") || cell;
  editable.focus();
  cell.classList.add("is-pointed");
  setTimeout(() => cell.classList.remove("is-pointed"), 2500);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  document.querySelector("[data-save]").click();
});
