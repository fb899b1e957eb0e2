// The panel's controls: plain labelled inputs. Each `set` is called once, when the person has finished the field.
import { make } from "../../app/dom.js";
import { t } from "../texts.js";

let count = 0;

/** A labelled control with its hint and a place for what the server says about it. `setting` names what it edits. */
export function field(label, control, { setting = "", hint = "", beside } = {}) {
  const id = `designer-${(count += 1)}`;
  control.id = id;
  const said = make("div", { class: "invalid-feedback", id: `${id}-said` });
  const parts = [make("label", { class: "form-label", for: id }, label)];
  parts.push(beside ? make("div", { class: "designer-beside" }, control, beside) : control);
  if (hint) parts.push(make("div", { class: "form-text", id: `${id}-hint` }, hint));
  control.setAttribute("aria-describedby", [hint && `${id}-hint`, `${id}-said`].filter(Boolean).join(" "));
  return make("div", { class: "designer-field", "data-setting": setting, "data-field": label }, ...parts, said);
}

/** One line, or with `area` several. */
export function text({ label, value, set, area, code, setting, hint, readonly, type = "text", ...more }) {
  const control = make(area ? "textarea" : "input", { class: `form-control form-control-sm${code ? " designer-code" : ""}` });
  if (area) control.rows = area;
  else control.type = type;
  for (const name of ["min", "max", "maxLength", "placeholder"]) if (name in more) control[name] = more[name];
  control.defaultValue = value === undefined || value === null ? "" : value;
  control.readOnly = Boolean(readonly);
  control.spellcheck = false;
  control.autocomplete = "off";
  control.addEventListener("change", () => set(control.value.trim(), control));
  return field(label, control, { setting, hint, ...more });
}

/** A number that may be left blank. */
export function number(options) {
  return text({ type: "number", min: 1, ...options });
}

/** A day. */
export function day(options) {
  return text({ type: "date", ...options });
}

function option([value, label], chosen) {
  const made = make("option", { value }, label);
  made.selected = String(value) === String(chosen);
  return made;
}

/** Pick one. `options` are [value, label] pairs or {label, options} groups; `none` is what choosing nothing is called. */
export function choice({ label, options, value, set, none, setting, hint }) {
  const control = make("select", { class: "form-select form-select-sm" });
  const known = options.flatMap((one) => (Array.isArray(one) ? [one] : one.options)).map(([key]) => String(key));
  if (none !== undefined) control.append(option(["", none], value || ""));
  for (const one of options) {
    if (Array.isArray(one)) control.append(option(one, value));
    else if (one.options.length) {
      control.append(make("optgroup", { label: one.label }, ...one.options.map((each) => option(each, value))));
    }
  }
  // What the file says stays visible, even if nobody knows it any more.
  if (value && !known.includes(String(value))) control.append(option([value, t("{value}（不存在）", { value })], value));
  control.addEventListener("change", () => set(control.value, control));
  return field(label, control, { setting, hint });
}

/** Yes or no. */
export function tick({ label, value, set, setting = "", hint }) {
  const id = `designer-${(count += 1)}`;
  const control = make("input", { class: "form-check-input", type: "checkbox", id });
  control.checked = Boolean(value);
  control.addEventListener("change", () => set(control.checked));
  const parts = [make("div", { class: "form-check" }, control, make("label", { class: "form-check-label", for: id }, label))];
  if (hint) {
    control.setAttribute("aria-describedby", `${id}-hint`);
    parts.push(make("div", { class: "form-text", id: `${id}-hint` }, hint));
  }
  const said = make("div", { class: "invalid-feedback" });
  return make("div", { class: "designer-field", "data-setting": setting, "data-field": label }, ...parts, said);
}

export function button(label, act, look = "btn-quiet") {
  const made = make("button", { type: "button", class: `btn btn-sm ${look}` }, label);
  made.addEventListener("click", act);
  return made;
}

export const note = (words) => make("p", { class: "form-text mb-2" }, words);

/** A group that opens and closes; null entries are passed over. */
export function group(name, entries, open = true) {
  const shown = entries.flat().filter(Boolean);
  if (!shown.length) return null;
  const details = make("details", { class: "designer-group", "data-group": name }, make("summary", {}, name), ...shown);
  details.open = open;
  return details;
}
