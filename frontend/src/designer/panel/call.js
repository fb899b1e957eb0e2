// What a step hands to others: a called process and its inputs, or a registered operation and its arguments.
import { t } from "../texts.js";
import { expression } from "./cel.js";
import { inside, marked } from "./expression.js";
import { button, choice, group, note, text } from "./fields.js";

/** One expression for each name; `wanted` are [name, label] expected, others found in the file follow. */
function pairs(panel, prefix, wanted, add) {
  const { values, set } = panel;
  const labels = new Map(wanted);
  const found = Object.keys(values).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const names = [...labels.keys(), ...found.filter((name) => !labels.has(name)), ...panel.added(prefix)];
  const fields = [...new Set(names)].map((name) => {
    const given = values[prefix + name] || "";
    return expression({
      label: labels.get(name) || name,
      value: inside(given) ?? given,
      set: (source) => set(prefix + name, marked(source)),
      offered: panel.offered(),
      setting: prefix + name,
    });
  });
  return [...fields, add && newName(panel, prefix, add)];
}

function newName(panel, prefix, label) {
  const made = text({ label, value: "", code: true, placeholder: t("名称"), set: () => {} });
  const control = made.querySelector("input");
  const act = button(t("添加"), () => /^[A-Za-z_]\w*$/.test(control.value.trim()) && panel.add(prefix, control.value.trim()));
  control.after(act);
  control.parentElement.classList.add("designer-adding");
  return made;
}

export function callGroups(panel) {
  const { element, thing, known, value, set } = panel;
  const called = known.processes.find(({ key }) => key === thing.calledElement);
  const wanted = called ? called.variables.map((name) => [name, name]) : [];
  return [
    group(t("调用的流程"), [
      choice({
        label: t("流程"),
        options: known.processes.filter(({ key }) => key !== known.key).map(({ key, name }) => [key, name]),
        value: thing.calledElement,
        none: t("请选择"),
        setting: "called",
        set: (key) => panel.modeling.updateProperties(element, { calledElement: key || undefined }),
      }),
      choice({ label: t("到达后事项状态变为"), options: known.stages, value: value("stage"), none: t("不变"), setting: "stage", set: (stage) => set("stage", stage) }),
    ]),
    group(t("交给它的数据"), [note(t("只有这里写的会交过去。")), pairs(panel, "input.", wanted, t("另加一项"))]),
    group(
      t("结果与标题"),
      [
        text({ label: t("结果收进变量"), value: value("result"), set: (name) => set("result", name), code: true, setting: "result", hint: t("会签时是各次结果的列表") }),
        text({ label: t("它的标题"), value: value("title"), set: (title) => set("title", title), area: 2, setting: "title", hint: t("可夹带 ${…} 表达式") }),
        text({ label: t("业务编号"), value: value("business_key"), set: (key) => set("business_key", key), area: 2, code: true, setting: "business_key" }),
      ],
      false,
    ),
  ];
}

export function serviceGroups(panel) {
  const { known, value, set } = panel;
  const operation = known.services.find(({ name }) => name === value("operation"));
  return [
    group(t("自动完成的操作"), [
      choice({
        label: t("操作"),
        options: known.services.map(({ name, label }) => [name, label]),
        value: value("operation"),
        none: t("请选择"),
        setting: "operation",
        set: (name) => set("operation", name),
      }),
      operation && operation.help && note(operation.help),
    ]),
    operation && group(t("参数"), pairs(panel, "arg.", operation.arguments, operation.open && t("另加一项"))),
  ];
}
