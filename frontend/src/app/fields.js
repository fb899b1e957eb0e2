// Form fields that gain by a script: lists with a filter, rows of table fields, files, conditional fields.
import { each, on, words } from "./dom.js";

// [data-filter-list]: the search box inside hides options that do not contain what is typed.
each("[data-filter-list]", (list) => {
  const box = list.querySelector("[type=search]");
  const tell = list.querySelector("[data-picked]");
  const options = [...list.querySelectorAll("[data-option]")];
  const count = () => {
    const picked = options.filter((option) => option.querySelector("input").checked).length;
    if (tell) tell.textContent = tell.dataset.picked.replace("0", picked);
  };
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    for (const option of options) option.hidden = !option.textContent.toLowerCase().includes(wanted);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  list.addEventListener("change", count);
  count();
});

// [data-rows="prefix"]: table fields named prefix-0-unit, prefix-1-unit …; a new row is the last one, emptied.
const spare = new WeakMap();

function emptied(row) {
  const copy = row.cloneNode(true);
  copy.querySelectorAll(".invalid-feedback").forEach((note) => note.remove());
  copy.querySelectorAll(".is-invalid").forEach((control) => control.classList.remove("is-invalid"));
  copy.querySelectorAll("input, textarea, select").forEach((control) => {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-describedby");
    if (control.type === "checkbox") control.checked = false;
    else control.value = "";
  });
  return copy;
}

function renumber(table) {
  const pattern = new RegExp(`^${table.dataset.rows}-\\d+-`);
  table.querySelectorAll("tbody tr").forEach((row, index) => {
    row.querySelectorAll("[name], [id]").forEach((element) => {
      for (const name of ["name", "id"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace(pattern, `${table.dataset.rows}-${index}-`));
      }
      const label = element.getAttribute("aria-label");
      if (label) element.setAttribute("aria-label", label.replace(/\d+/, index + 1));
    });
    row.querySelector("[data-row-number]").textContent = index + 1;
  });
}

const blank = (row) =>
  [...row.querySelectorAll("input:not([type=hidden]), textarea, select")].every(
    (control) => (control.type === "checkbox" ? !control.checked : !control.value.trim()),
  );

each("[data-rows]", (table) => {
  const rows = [...table.querySelectorAll("tbody tr")];
  spare.set(table, emptied(rows[rows.length - 1]));
  // The spare rows are for pages without scripts; here a button adds them.
  while (rows.length > 1 && blank(rows[rows.length - 1])) rows.pop().remove();
});

on("click", "[data-row-add]", (button) => {
  const table = button.closest("[data-rows]");
  const row = spare.get(table).cloneNode(true);
  table.querySelector("tbody").append(row);
  renumber(table);
  row.querySelector("input, select, textarea").focus();
});

on("click", "[data-row-remove]", (button) => {
  const table = button.closest("[data-rows]");
  button.closest("tr").remove();
  renumber(table);
  table.querySelector("[data-row-add]").focus();
});

// input[type=file][data-max-bytes]: refuse at once what the server would refuse after the upload.
on("change", "input[type=file]", (input) => {
  const limit = Number(input.dataset.maxBytes || Infinity);
  const files = [...input.form.querySelectorAll("input[type=file]")].flatMap((one) => [...one.files]);
  const sum = files.reduce((total, file) => total + file.size, 0);
  const largest = files.reduce((most, file) => (file.size > most.size ? file : most), { size: 0, name: "" });
  input.setCustomValidity(sum > limit ? words("tooLarge").replace("…", largest.name) : "");
  if (sum > limit) input.reportValidity();
});

on(
  "submit",
  "form",
  (form, event) => {
    const refused = [...form.querySelectorAll("input[type=file]")].find((input) => input.validity.customError);
    if (!refused) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    refused.reportValidity();
  },
  { capture: true },
);

// button[data-needs="field id"]: an action that cannot do without a field opens and points to it while it is empty.
on("click", "button[data-needs]", (button, event) => {
  const field = document.getElementById(button.dataset.needs);
  if (!field || field.value.trim()) return;
  event.preventDefault();
  const fold = field.closest("details");
  if (fold) fold.open = true;
  field.setCustomValidity(words("needed"));
  field.reportValidity();
  field.addEventListener("input", () => field.setCustomValidity(""), { once: true });
});

// [data-show-if="name"]: hidden unless the other field's answers fit data-show-op and data-show-value (JSON).
const among = (chosen, wanted) => chosen.some((one) => wanted.includes(one));
const order = (one, two) => (isNaN(one) || isNaN(two) ? (one > two) - (one < two) : one - two);
const fits = {
  eq: among,
  in: among,
  ne: (chosen, wanted) => !among(chosen, wanted),
  gt: (chosen, [limit]) => chosen.some((one) => one && order(one, limit) > 0),
  lt: (chosen, [limit]) => chosen.some((one) => one && order(one, limit) < 0),
  empty: (chosen) => !chosen.some(Boolean),
  filled: (chosen) => chosen.some(Boolean),
};

each("[data-show-if]", (field) => {
  const { showIf, showOp, showValue } = field.dataset;
  const form = field.closest("form");
  const value = JSON.parse(showValue);
  const wanted = [].concat(value).map(String);
  const check = () => {
    const chosen = new FormData(form).getAll(showIf).map(String);
    field.hidden = !fits[showOp](typeof value === "boolean" ? [String(chosen.length > 0)] : chosen, wanted);
  };
  form.addEventListener("change", check);
  check();
});

// select[data-autosubmit]: filters apply as soon as they change.
on("change", "[data-autosubmit]", (control) => control.form.requestSubmit());
