// Looking along the drawing: what came before an element, and so which answers it may build on.
import { is } from "bpmn-js/lib/util/ModelUtil";

import { settingsOf } from "../settings.js";
import { t } from "../texts.js";

const isTask = (thing) => is(thing, "bpmn:UserTask") || is(thing, "bpmn:ManualTask");

function sources(thing) {
  const found = (thing.get("incoming") || []).map((flow) => flow.sourceRef);
  if (thing.attachedToRef) found.push(thing.attachedToRef);
  return found.filter(Boolean);
}

/** Every element a token may have passed before `thing`, those of the scopes around it too. */
export function before(thing) {
  const seen = new Set();
  const queue = is(thing, "bpmn:SequenceFlow") ? [thing.sourceRef] : sources(thing);
  while (queue.length) {
    const one = queue.pop();
    if (!one || seen.has(one)) continue;
    seen.add(one);
    queue.push(...sources(one));
  }
  const outer = thing.$parent;
  if (outer && is(outer, "bpmn:SubProcess")) for (const one of before(outer)) seen.add(one);
  return seen;
}

/** The user tasks whose answer is the last one given when `thing` is come to. */
export function answering(thing) {
  const seen = new Set();
  const found = [];
  const queue = [thing];
  while (queue.length) {
    const one = queue.pop();
    if (!one || seen.has(one)) continue;
    seen.add(one);
    if (isTask(one)) found.push(one);
    else queue.push(...sources(one));
  }
  return found;
}

/** An `outcomes` setting as [{name, label}]; without one the task is simply submitted. */
export function outcomesOf(text) {
  return (text || "submit")
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const [name, ...label] = part.split("=");
      return { name: name.trim(), label: label.join("=").trim() };
    });
}

/** What may come out of the tasks before a gateway, as [name, label]. */
export function outcomesBefore(thing, known) {
  const labels = new Map(known);
  const found = new Map();
  for (const task of answering(thing)) {
    for (const { name, label } of outcomesOf(settingsOf(task).outcomes)) found.set(name, label || labels.get(name) || name);
  }
  return [...found];
}

/** The names an expression at `thing` may use, as [{name, says, kind}]: what was given, answered or computed before. */
export function namesAt(thing, known) {
  const found = new Map(known.variables.map((one) => [one.name, one]));
  const add = (name, says, kind = "") => name && !found.has(name) && found.set(name, { name, says, kind });
  const passed = before(thing);
  passed.add(thing);
  for (const one of passed) {
    const settings = settingsOf(one);
    const title = one.name || one.id;
    if (isTask(one) && one !== thing) {
      for (const { name, says } of known.answered) add(name, says);
      const form = known.forms.find(({ key }) => key === settings.form);
      for (const { key, label, type } of (form && form.fields) || []) add(key, `${title}：${label}`, type);
    }
    if (settings.result) add(settings.result, title);
    if (one.loopCharacteristics && is(one.loopCharacteristics, "bpmn:MultiInstanceLoopCharacteristics")) {
      add(settings.item || "item", title, "unit");
      add(`${settings.item || "item"}.unit`, t("名单里这一家的单位"), "unit");
      for (const { name, says } of known.loop) add(name, says);
    }
    for (const line of (one.script || "").split("\n")) {
      const match = /^\s*([A-Za-z_]\w*)\s*=(?!=)/.exec(line);
      if (match) add(match[1], title);
    }
    for (const name of (settings.returns || "").split(",")) add(name.trim(), title);
  }
  for (const { name, says } of known.ambient) add(name, says);
  return [...found.values()];
}
