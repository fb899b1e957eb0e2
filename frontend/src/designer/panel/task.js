// A person's task: who, by when, with which form, with which ways out.
import { make } from "../../app/dom.js";
import { t } from "../texts.js";
import { expression } from "./cel.js";
import { inside, marked } from "./expression.js";
import { button, choice, day, group, note, number, text, tick } from "./fields.js";
import { namesAt, outcomesOf } from "./reach.js";

const OTHER = "?";

/** Expressions for a unit: what the process was given, what was answered before, and what other tasks here use. */
function unitExpressions({ thing, known, tasks }) {
  const found = new Map();
  for (const { name, says, kind } of namesAt(thing, known)) if (kind === "unit") found.set(marked(name), says);
  for (const task of tasks()) {
    const used = task.candidate_unit;
    if (inside(used) !== null && !found.has(used)) found.set(used, used);
  }
  return [...found];
}

function whoGroup(panel) {
  const { value, set, known } = panel;
  const unit = value("candidate_unit");
  const expressions = unitExpressions(panel);
  const listed = [...expressions.map(([key]) => key), ...known.units.map(([id]) => String(id)), ""];
  const own = panel.choosing("unit") || !listed.includes(unit);
  const options = [
    { label: t("由流程决定"), options: expressions },
    { label: t("固定单位"), options: known.units },
    { label: t("其他"), options: [[OTHER, t("写表达式…")]] },
  ];
  return group(t("谁来办"), [
    choice({
      label: t("办理单位"),
      options,
      value: own ? OTHER : unit,
      none: t("请选择"),
      setting: own ? "" : "candidate_unit",
      set: (chosen) => (chosen === OTHER ? panel.choose("unit") : (panel.unchoose("unit"), set("candidate_unit", chosen))),
    }),
    own &&
      expression({
        label: t("单位表达式"),
        value: inside(unit) ?? unit,
        set: (source) => set("candidate_unit", marked(source)),
        offered: panel.offered(),
        setting: "candidate_unit",
        hint: t("算出一个单位编号，如 row.lead_unit"),
      }),
    choice({ label: t("办理角色"), options: known.roles, value: value("candidate_role"), none: t("请选择"), setting: "candidate_role", set: (role) => set("candidate_role", role) }),
    tick({
      label: t("先签收再办理"),
      value: value("sign_for") === "true",
      setting: "sign_for",
      set: (wanted) => set("sign_for", wanted ? "true" : ""),
      hint: t("到达后先进入“待签收”"),
    }),
  ]);
}

const dueKind = (due) => (!due ? "none" : /^\d{1,4}$/.test(due) ? "days" : /^\d{4}-\d\d-\d\d$/.test(due) ? "day" : "expression");

const dueStarts = { none: "", days: "3", day: "", expression: "" };

function dueGroup(panel) {
  const { value, set, known } = panel;
  const due = value("due");
  const kind = panel.choosing("due") || dueKind(due);
  const dates = namesAt(panel.thing, known).filter((one) => one.kind === "date").map(({ name, says }) => [marked(name), says]);
  const isDate = dates.some(([key]) => key === due);
  const shown = kind === "expression" && isDate ? due : kind;
  const pick = (chosen) => {
    if (chosen.startsWith("$")) set("due", chosen);
    else if (dueStarts[chosen]) set("due", dueStarts[chosen]);
    else if (chosen === "none") set("due", "");
    else panel.choose("due", chosen);
  };
  return group(t("期限"), [
    choice({
      label: t("办理期限"),
      options: [
        ["days", t("到达后若干个工作日")],
        ["day", t("固定日期")],
        { label: t("流程里的日期"), options: dates },
        ["expression", t("写表达式…")],
        ["none", t("不设期限")],
      ],
      value: shown,
      setting: kind === "none" ? "due" : "",
      set: (chosen) => (panel.unchoose("due"), pick(chosen)),
    }),
    kind === "days" && number({ label: t("工作日数"), value: due, max: 9999, set: (count) => set("due", count), setting: "due" }),
    kind === "day" && day({ label: t("到期日"), value: due, set: (date) => set("due", date), setting: "due" }),
    kind === "expression" &&
      !isDate &&
      expression({
        label: t("期限表达式"),
        value: inside(due) ?? due,
        set: (source) => set("due", marked(source)),
        offered: panel.offered(),
        setting: "due",
        hint: t("算出日期或工作日数，如 workdays_after(today, 3)"),
      }),
  ]);
}

function outcomeRow(panel, list, at, change) {
  const { known } = panel;
  const one = list[at];
  const place = t("第 {n} 个办理结果", { n: at + 1 });
  const name = make("select", { class: "form-select form-select-sm", "aria-label": place });
  const options = known.outcomes.some(([key]) => key === one.name) ? known.outcomes : [...known.outcomes, [one.name, one.name]];
  for (const [key, label] of options) {
    const made = make("option", { value: key }, label);
    made.selected = key === one.name;
    name.append(made);
  }
  name.addEventListener("change", () => change(list.map((each, i) => (i === at ? { name: name.value, label: each.label } : each))));
  const label = make("input", { class: "form-control form-control-sm", placeholder: t("按钮另写作…"), "aria-label": t("{place}的按钮文字", { place }), maxlength: 20 });
  label.defaultValue = one.label;
  label.addEventListener("change", () => change(list.map((each, i) => (i === at ? { name: each.name, label: label.value.replace(/[,=]/g, " ").trim() } : each))));
  const up = button("↑", () => change(list.map((each, i) => (i === at - 1 ? one : i === at ? list[at - 1] : each))), "btn-plain");
  up.setAttribute("aria-label", t("{place}上移", { place }));
  up.disabled = at === 0;
  const gone = button("×", () => change(list.filter((_, i) => i !== at)), "btn-plain");
  gone.setAttribute("aria-label", t("删去{place}", { place }));
  return make("li", {}, name, label, up, gone);
}

function outcomes(panel) {
  const { value, set, known } = panel;
  const list = value("outcomes") ? outcomesOf(value("outcomes")) : [];
  const change = (next) => set("outcomes", next.map(({ name, label }) => (label ? `${name}=${label}` : name)).join(","));
  const free = known.outcomes.find(([key]) => !list.some(({ name }) => name === key));
  const rows = make("ol", { class: "designer-rows" }, ...list.map((_, at) => outcomeRow(panel, list, at, change)));
  const add = button(t("添加办理结果"), () => change([...list, { name: free[0], label: "" }]));
  add.disabled = !free;
  const said = make("div", { class: "invalid-feedback" });
  return make(
    "div",
    { class: "designer-field", "data-setting": "outcomes", role: "group", "aria-label": t("办理结果") },
    make("div", { class: "form-label" }, t("办理结果")),
    list.length ? rows : note(t("没有列出时只有“提交”。")),
    add,
    said,
  );
}

function formGroup(panel) {
  const { value, set, known } = panel;
  return group(t("表单与结果"), [
    choice({ label: t("表单"), options: known.forms.map(({ key, title }) => [key, title]), value: value("form"), none: t("不用表单，只写意见"), setting: "form", set: (form) => set("form", form) }),
    outcomes(panel),
    choice({ label: t("到达后事项状态变为"), options: known.stages, value: value("stage"), none: t("不变"), setting: "stage", set: (stage) => set("stage", stage) }),
  ]);
}

function moreGroup(panel) {
  const { value, set } = panel;
  return group(
    t("标题与退回"),
    [
      text({ label: t("待办标题"), value: value("title"), set: (title) => set("title", title), area: 2, setting: "title", hint: t("空着就用任务名称；可夹带 ${…} 表达式") }),
      choice({
        label: t("被退回后"),
        options: [
          ["next", t("从该步骤起重新逐级办理")],
          ["returner", t("改好后直接送回退回人")],
        ],
        value: value("resubmit"),
        none: t("按流程的规定"),
        setting: "resubmit",
        set: (way) => set("resubmit", way),
      }),
    ],
    false,
  );
}

export const taskGroups = (panel) => [whoGroup(panel), dueGroup(panel), formGroup(panel), moreGroup(panel)];
