// A field for an expression, with the names this place of the design knows offered while one types.
import { make } from "../../app/dom.js";
import { t } from "../texts.js";
import { field } from "./fields.js";

const WORD = /[A-Za-z_][\w.]*$/;
const MOST = 8;

/** What fits the word before the caret: names that begin so first, then those that hold it, also in their Chinese. */
function fitting(word, offered) {
  const wanted = word.toLowerCase();
  const begins = offered.filter(({ name }) => name.toLowerCase().startsWith(wanted) && name !== word);
  const holds = offered.filter((one) => !begins.includes(one) && one.name !== word && `${one.name} ${one.says}`.toLowerCase().includes(wanted));
  return [...begins, ...holds].slice(0, MOST);
}

class Completion {
  constructor(control, offered) {
    this.control = control;
    this.offered = offered;
    this.list = make("ul", { class: "designer-names", role: "listbox", id: `${control.id}-names`, "aria-label": t("可用的名称") });
    this.list.hidden = true;
    this.at = -1;
    control.setAttribute("role", "combobox");
    control.setAttribute("aria-autocomplete", "list");
    control.setAttribute("aria-controls", this.list.id);
    control.setAttribute("aria-expanded", "false");
    control.addEventListener("input", () => this.offer());
    control.addEventListener("keydown", (event) => this.key(event));
    control.addEventListener("blur", () => this.close());
    // Pressing the mouse on a name must not take the focus out of the field.
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const item = event.target.closest("li");
      if (item) this.take(Number(item.dataset.at));
    });
  }

  word() {
    const match = WORD.exec(this.control.value.slice(0, this.control.selectionStart));
    return match ? match[0] : "";
  }

  offer(all = false) {
    const word = this.word();
    this.found = word || all ? fitting(word, this.offered) : [];
    this.list.replaceChildren(
      ...this.found.map(({ name, says, call }, at) =>
        make("li", { role: "option", id: `${this.list.id}-${at}`, "data-at": at }, make("code", {}, call || name), make("span", {}, says)),
      ),
    );
    this.list.hidden = !this.found.length;
    this.control.setAttribute("aria-expanded", String(!this.list.hidden));
    this.point(this.found.length ? 0 : -1);
  }

  point(at) {
    this.at = at;
    [...this.list.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
    if (at < 0) this.control.removeAttribute("aria-activedescendant");
    else {
      this.control.setAttribute("aria-activedescendant", `${this.list.id}-${at}`);
      this.list.children[at].scrollIntoView({ block: "nearest" });
    }
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      this.offer(true);
    } else if (!this.list.hidden) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) this.point((this.at + step + this.found.length) % this.found.length);
      else if (event.key === "Enter" || event.key === "Tab") this.take(this.at);
      else if (event.key === "Escape") this.close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey && this.control.dataset.lines !== "many") {
      event.preventDefault();
      this.control.dispatchEvent(new Event("change"));
    }
  }

  take(at) {
    const { name, call } = this.found[at];
    const end = this.control.selectionStart;
    const start = end - this.word().length;
    this.control.setRangeText(name + (call ? "()" : ""), start, end, "end");
    if (call) this.control.selectionStart = this.control.selectionEnd = start + name.length + 1;
    this.close();
  }

  close() {
    this.list.hidden = true;
    this.control.setAttribute("aria-expanded", "false");
    this.control.removeAttribute("aria-activedescendant");
  }
}

/** An expression. `offered` are {name, says, call}: names and functions; the server judges what was written. */
export function expression({ label, value, set, offered, setting, hint, rows = 2, lines = false }) {
  const control = make("textarea", { class: "form-control form-control-sm designer-code", rows, spellcheck: "false", "data-lines": lines ? "many" : "one" });
  control.defaultValue = value || "";
  control.addEventListener("change", () => set(control.value.trim()));
  const made = field(label, control, { setting, hint });
  const completion = new Completion(control, offered);
  control.after(completion.list);
  return made;
}
