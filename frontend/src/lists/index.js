// Lists of tasks: keys to move through them, ticking all at once, how many are ticked, the dialog of keys.
// On its own entry, and without the helpers of `app`, so that other pages carry none of it.
const links = () => [...document.querySelectorAll("#inbox .row-link")];
const boxes = () => [...document.querySelectorAll("#inbox [name=task]")];
const dialog = document.getElementById("keys");
const off = () => /(^|; )keys=off/.test(document.cookie);

/** Put the focus on the next (1) or previous (-1) row; from outside the list on its first one. */
function move(step) {
  const all = links();
  const row = document.activeElement.closest("tr");
  const now = all.findIndex((link) => link.closest("tr") === row);
  const link = all[now < 0 ? 0 : Math.min(Math.max(now + step, 0), all.length - 1)];
  if (link) link.focus();
}

function tick() {
  const row = document.activeElement.closest("tr");
  const box = row && row.querySelector("[name=task]");
  if (box) box.click();
}

const acts = { j: () => move(1), k: () => move(-1), x: tick, "?": () => dialog.showModal() };

document.addEventListener("keydown", (event) => {
  // Keys pressed while a Chinese input method composes belong to it.
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = acts[event.key];
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (!act || typing || dialog.open || off()) return;
  event.preventDefault();
  act();
});

function count() {
  const all = boxes();
  const ticked = all.filter((box) => box.checked).length;
  const told = document.querySelector("#inbox [data-ticked]");
  if (told) told.textContent = told.dataset.ticked.replace("0", ticked);
  const every = document.querySelector("#inbox [data-every]");
  if (every) {
    every.checked = ticked > 0 && ticked === all.length;
    every.indeterminate = ticked > 0 && ticked < all.length;
  }
}

/** Put a box that ticks all of the page over the column of boxes. */
function dress() {
  const first = boxes()[0];
  const bar = document.querySelector("#inbox [data-all]");
  const head = first && first.closest("table").querySelector("th");
  if (head && bar) {
    const every = document.createElement("input");
    every.type = "checkbox";
    every.className = "form-check-input";
    every.dataset.every = "";
    every.setAttribute("aria-label", bar.dataset.all);
    head.replaceChildren(every);
  }
  count();
}

document.addEventListener("change", ({ target }) => {
  if ("every" in target.dataset) for (const box of boxes()) box.checked = target.checked;
  if (target.id === "keys-on") document.cookie = `keys=${target.checked ? "on" : "off"};path=/;max-age=31536000;samesite=lax`;
  count();
});
document.addEventListener("htmx:afterSettle", dress);
// Coming back by the browser's Back button finds the boxes as they were left.
window.addEventListener("pageshow", count);

document.querySelector("[data-keys]").addEventListener("click", () => dialog.showModal());
document.getElementById("keys-on").checked = !off();
dress();
