// Keys: "/" goes to the search box, Ctrl+Enter presses a form's primary button, a click on a row opens it.
import { each, on } from "./dom.js";

const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  // Keys pressed while a Chinese input method composes belong to it.
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === "/" && !typing(event.target) && !event.ctrlKey && !event.metaKey && !/keys=off/.test(document.cookie)) {
    const box = document.querySelector("[data-hotkey='/']");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest("form");
    const primary = form && document.querySelector(`.btn-primary[form="${form.id}"]`);
    const button = primary || (form && form.querySelector(".btn-primary:not([type=button])"));
    if (button) button.click();
  }
});

on("click", "tr[data-href]", (row, event) => {
  if (event.target.closest("a, button, input, label, select") || String(window.getSelection())) return;
  if (event.ctrlKey || event.metaKey) window.open(row.dataset.href);
  else window.location.assign(row.dataset.href);
});

on("click", "[data-print]", () => window.print());

// The first thing to read or to mend takes the focus: an error summary, or the first wrong field from it.
each("[data-focus]", (element) => element.focus());
