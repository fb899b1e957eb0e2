// What is wrong with the drawing. The server judges, by the rules that decide at publishing; here they are listed, marked
// on the drawing and jumped to.
import { make } from "../app/dom.js";
import { t } from "./texts.js";

const PAUSE = 600;
const padding = { top: 80, right: 80, bottom: 80, left: 110 };

export class Problems {
  constructor(modeler, { host, count, url, post, told }) {
    Object.assign(this, { modeler, host, count, url, post, told, marks: [] });
    modeler.on("commandStack.changed", () => this.soon());
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), PAUSE);
  }

  /** Ask the server. An answer to an older drawing than the last one asked about is dropped. */
  async check() {
    clearTimeout(this.timer);
    const asked = (this.asked = Symbol("asked"));
    const { xml } = await this.modeler.saveXML({ format: true });
    try {
      const answer = await this.post(this.url, { xml });
      if (asked === this.asked && answer.ok) this.show((await answer.json()).problems);
    } catch {
      // Without a connection the last answer stands; saving says that there is none.
    }
  }

  show(problems) {
    this.host.replaceChildren(
      problems.length
        ? make("ol", {}, ...problems.map((problem) => make("li", {}, this.entry(problem))))
        : make("p", { class: "t-green m-0" }, t("没有发现问题，可以发布。")),
    );
    const errors = problems.filter(({ severity }) => severity === "error").length;
    this.count.textContent = problems.length ? t("{errors} 处错误，{warnings} 处提醒", { errors, warnings: problems.length - errors }) : t("没有问题");
    this.count.className = `tag tag-dot tag-${errors ? "red" : problems.length ? "orange" : "green"}`;
    this.mark(problems);
    this.told(problems);
  }

  entry(problem) {
    const { severity, sentence, element, rule } = problem;
    const isError = severity === "error";
    const tag = make("span", { class: `tag tag-${isError ? "red" : "orange"}` }, isError ? t("错误") : t("提醒"));
    const parts = [tag, make("span", {}, ` ${sentence} `), make("code", {}, rule)];
    if (!element) return make("div", { class: "designer-problem" }, ...parts);
    const button = make("button", { type: "button", class: "designer-problem", "data-element": element }, ...parts);
    button.addEventListener("click", () => this.jump(element));
    return button;
  }

  /** Where an element is drawn: the process itself is the whole drawing. */
  drawn(id) {
    const found = this.modeler.get("elementRegistry").get(id);
    return found || this.modeler.get("canvas").getRootElement();
  }

  jump(id) {
    const element = this.drawn(id);
    const canvas = this.modeler.get("canvas");
    const isRoot = element === canvas.getRootElement();
    this.modeler.get("selection").select(isRoot ? null : element);
    if (!isRoot) canvas.scrollToElement(element, padding);
  }

  mark(problems) {
    const overlays = this.modeler.get("overlays");
    for (const id of this.marks) overlays.remove(id);
    this.marks = [];
    const byElement = new Map();
    for (const problem of problems) if (problem.element) byElement.set(problem.element, [...(byElement.get(problem.element) || []), problem]);
    for (const [id, about] of byElement) {
      const element = this.modeler.get("elementRegistry").get(id);
      if (!element || element.isImplicit || !element.parent) continue;
      const isError = about.some(({ severity }) => severity === "error");
      const html = make("div", { class: `designer-mark${isError ? "" : " is-warning"}`, title: about.map(({ sentence }) => sentence).join("\n") }, isError ? "×" : "!");
      const position = element.waypoints ? { top: element.waypoints.length ? -10 : 0, left: 0 } : { top: -10, left: -10 };
      this.marks.push(overlays.add(element, "problem", { position, html, show: { minZoom: 0.3 } }));
    }
  }
}
