// The panel beside the drawing: what the chosen element is and does, in words. It is drawn anew after every change;
// the field one is in, the open groups and the place scrolled to stay.
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";

import { make } from "../../app/dom.js";
import { Settings, settingsOf } from "../settings.js";
import { t } from "../texts.js";
import { callGroups, serviceGroups } from "./call.js";
import { group, note, text } from "./fields.js";
import { flowGroups } from "./flow.js";
import { eventGroups, phaseGroup, processGroups, referenceGroups, scriptGroups, stageGroup } from "./other.js";
import { namesAt } from "./reach.js";
import { repeatGroup } from "./repeat.js";
import { taskGroups } from "./task.js";
import { boundaryGroup, timerGroups } from "./timer.js";
import { typeName } from "./types.js";

const ID = /^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/;

/** The settings of every user task in the design. */
function userTasks(registry) {
  return registry.filter((one) => is(one, "bpmn:UserTask") && !one.labelTarget).map((one) => settingsOf(getBusinessObject(one)));
}

/** What is said about one element: its values, and ways to change them. */
class Panel {
  constructor(owner, element, thing) {
    Object.assign(this, { owner, element, thing, known: owner.known, modeler: owner.modeler });
    this.settings = owner.settings;
    this.modeling = owner.modeler.get("modeling");
    this.registry = owner.modeler.get("elementRegistry");
    this.values = settingsOf(thing);
    this.tasks = () => userTasks(this.registry);
    this.value = (name) => this.values[name] || "";
    this.set = (name, value) => this.settings.write(element, thing, { [name]: value });
  }

  /** Names and functions an expression here may use. */
  offered() {
    return [...namesAt(this.thing, this.known), ...this.known.functions];
  }

  // Ways of giving a value that are chosen but not filled in yet.
  choosing(name) {
    return this.owner.chosen.get(`${this.thing.id} ${name}`);
  }

  choose(name, way = true) {
    this.owner.chosen.set(`${this.thing.id} ${name}`, way);
    this.owner.later();
  }

  unchoose(name) {
    if (this.owner.chosen.delete(`${this.thing.id} ${name}`)) this.owner.later();
  }

  // Names of inputs and arguments that have no value yet.
  added(prefix) {
    return this.owner.names.get(`${this.thing.id} ${prefix}`) || [];
  }

  add(prefix, name) {
    this.owner.names.set(`${this.thing.id} ${prefix}`, [...this.added(prefix), name]);
    this.owner.later();
  }
}

/** The process an element stands for: a root or a pool shows the settings of its process. */
function thingOf(element) {
  const thing = getBusinessObject(element);
  if (is(thing, "bpmn:Collaboration")) {
    const pool = (thing.get("participants") || []).find((one) => one.processRef);
    return pool ? pool.processRef : thing;
  }
  return is(thing, "bpmn:Participant") && thing.processRef ? thing.processRef : thing;
}

function nameField(panel) {
  const { element, thing, settings } = panel;
  const isProcess = is(thing, "bpmn:Process");
  const rename = (name) => {
    if (!isProcess) return panel.modeling.updateLabel(element, name);
    const pools = panel.registry.filter((one) => is(one, "bpmn:Participant") && getBusinessObject(one).processRef === thing);
    return settings.together(
      () => settings.update(element, thing, { name }),
      ...pools.map((pool) => () => panel.modeling.updateLabel(pool, name)),
    );
  };
  return text({ label: isProcess ? t("流程名称") : t("名称"), value: thing.name, set: rename, setting: "name", maxLength: 200 });
}

function moreGroup(panel) {
  const { element, thing, settings, registry } = panel;
  const isProcess = is(thing, "bpmn:Process");
  const rename = (id, control) => {
    const taken = id !== thing.id && registry.get(id);
    const wrong = !ID.test(id) ? t("编号以字母开头，只用字母、数字、下划线、点和横线") : taken ? t("这个编号已经有了") : "";
    control.classList.toggle("is-invalid", Boolean(wrong));
    control.closest(".designer-field").querySelector(".invalid-feedback").textContent = wrong;
    if (!wrong && id !== thing.id) panel.modeling.updateProperties(element, { id });
  };
  const described = (thing.documentation || [])[0];
  const describe = (words) =>
    settings.update(element, thing, { documentation: words ? [settings.create("bpmn:Documentation", { text: words }, thing)] : [] });
  return group(
    t("说明与编号"),
    [
      text({ label: t("说明"), value: described ? described.text : "", area: 3, set: describe }),
      text({
        label: t("编号"),
        value: thing.id,
        code: true,
        readonly: isProcess,
        set: rename,
        setting: "id",
        hint: isProcess ? t("流程以它为准，定了就不改") : t("运行中的流程按它认步骤，发布后不要再改"),
      }),
    ],
    false,
  );
}

function groupsOf(panel) {
  const { thing } = panel;
  const definition = (thing.eventDefinitions || [])[0];
  if (is(thing, "bpmn:Process")) return processGroups(panel);
  if (is(thing, "bpmn:UserTask") || is(thing, "bpmn:ManualTask")) return [...taskGroups(panel), repeatGroup(panel)];
  if (is(thing, "bpmn:CallActivity")) return [...callGroups(panel), repeatGroup(panel)];
  if (is(thing, "bpmn:ServiceTask")) return [...serviceGroups(panel), repeatGroup(panel)];
  if (is(thing, "bpmn:ScriptTask")) return scriptGroups(panel);
  if (is(thing, "bpmn:SendTask") || is(thing, "bpmn:ReceiveTask")) return referenceGroups(panel, thing, "message");
  if (is(thing, "bpmn:SubProcess")) return [phaseGroup(panel), repeatGroup(panel)];
  if (is(thing, "bpmn:SequenceFlow")) return flowGroups(panel);
  if (is(thing, "bpmn:Event")) {
    const timer = definition && is(definition, "bpmn:TimerEventDefinition");
    const what = timer ? timerGroups(panel, definition) : definition ? eventGroups(panel, definition) : [];
    return [...what, is(thing, "bpmn:BoundaryEvent") ? boundaryGroup(panel) : stageGroup(panel)];
  }
  if (thing.$type === "bpmn:Task") return [note(t("普通任务只是记号，经过时不等人。要有人办，请点扳手改为“人工任务”。"))];
  return [];
}

export class PropertiesPanel {
  constructor(modeler, host, known) {
    Object.assign(this, { modeler, host, known, chosen: new Map(), names: new Map(), open: new Map(), problems: [] });
    this.settings = new Settings(modeler);
    this.shown = null;
    modeler.on("selection.changed", () => this.now());
    modeler.on(["import.done", "root.set"], () => this.now());
    modeler.on("commandStack.changed", () => this.later());
    this.watchPointer();
  }

  /** A redraw between pressing and releasing would take the button or list away under the pointer. */
  watchPointer() {
    const release = () => {
      this.pressed = this.listing = false;
      if (this.waiting) this.later();
    };
    this.host.addEventListener("pointerdown", ({ target }) => {
      this.pressed = true;
      this.listing = target.tagName === "SELECT";
    });
    window.addEventListener("pointerup", () => {
      if (!this.listing) setTimeout(release);
      else this.pressed = false;
    });
    for (const type of ["change", "focusout"]) this.host.addEventListener(type, ({ target }) => target.tagName === "SELECT" && release());
  }

  /** Finish the field one is in, so that nothing typed is lost. Ticks and lists are never unfinished. */
  finish() {
    const inside = document.activeElement;
    if (!inside || !this.host.contains(inside) || !inside.matches("input:not([type=checkbox]), textarea")) return;
    if (inside.value !== inside.defaultValue) inside.dispatchEvent(new Event("change", { bubbles: true }));
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.waiting = this.pressed || this.listing;
      if (!this.waiting) this.draw();
    });
  }

  now() {
    if (this.host.contains(document.activeElement)) document.activeElement.blur();
    this.draw();
  }

  current() {
    const selected = this.modeler.get("selection").get();
    if (selected.length > 1) return null;
    const element = selected[0] || this.modeler.get("canvas").getRootElement();
    return (element && element.labelTarget) || element;
  }

  draw() {
    clearTimeout(this.timer);
    const element = this.current();
    const kept = this.place();
    for (const one of this.host.querySelectorAll(".designer-group")) this.open.set(one.dataset.group, one.open);
    // Before a drawing is read there is a root of no kind.
    if (!element || !getBusinessObject(element).$type) {
      this.shown = null;
      this.host.replaceChildren(note(t("选中了几个元素；选一个来设置。")));
      return;
    }
    const panel = new Panel(this, element, thingOf(element));
    this.shown = panel.thing;
    const head = make("header", {}, make("div", { class: "t-muted small" }, typeName(panel.thing)), make("h2", {}, panel.thing.name || panel.thing.id));
    this.host.replaceChildren(head, make("div", { class: "designer-first" }, nameField(panel)), ...[...groupsOf(panel), moreGroup(panel)].filter(Boolean));
    for (const one of this.host.querySelectorAll(".designer-group")) {
      if (this.open.has(one.dataset.group)) one.open = this.open.get(one.dataset.group);
    }
    this.restore(kept, panel.thing);
    this.say();
  }

  place() {
    const active = document.activeElement;
    const holder = this.host.contains(active) && active.closest("[data-field]");
    const caret = active && "selectionStart" in active ? active.selectionStart : null;
    return { thing: this.shown, field: holder && holder.dataset.field, caret, scroll: this.host.scrollTop };
  }

  restore({ thing, field, caret, scroll }, now) {
    if (thing !== now) {
      this.host.scrollTop = 0;
      return;
    }
    this.host.scrollTop = scroll;
    const holder = field && [...this.host.querySelectorAll("[data-field]")].find((one) => one.dataset.field === field);
    const control = holder && holder.querySelector("input, select, textarea");
    if (!control) return;
    control.focus({ preventScroll: true });
    if (caret !== null && control.setSelectionRange && control.type !== "number" && control.type !== "date") control.setSelectionRange(caret, caret);
  }

  /** Put what the server says about this element under the fields it is about. */
  say(problems = this.problems) {
    this.problems = problems;
    const mine = this.shown ? problems.filter(({ element, setting }) => element === this.shown.id && setting) : [];
    for (const holder of this.host.querySelectorAll(".designer-field[data-setting]")) {
      const about = mine.filter(({ setting }) => setting === holder.dataset.setting);
      const said = holder.querySelector(".invalid-feedback");
      const control = holder.querySelector("input, select, textarea");
      said.textContent = about.map(({ sentence, column }) => (column ? t("第 {column} 个字：{sentence}", { column, sentence }) : sentence)).join(" ");
      const wrong = about.some(({ severity }) => severity === "error");
      said.classList.toggle("is-warning", about.length > 0 && !wrong);
      if (control) {
        control.classList.toggle("is-invalid", wrong);
        control.setAttribute("aria-invalid", String(wrong));
      }
    }
  }
}
