// When a timer goes off: after a time, on a day, after working days, again and again, or as an expression says.
import { is } from "bpmn-js/lib/util/ModelUtil";

import { t } from "../texts.js";
import { expression } from "./cel.js";
import { cycleOf, duration, durationOf, inside, marked, workdays, workdaysOf } from "./expression.js";
import { choice, day, group, number, text } from "./fields.js";
import { namesAt } from "./reach.js";

const units = () => [
  ["minutes", t("分钟")],
  ["hours", t("小时")],
  ["days", t("天")],
  ["weeks", t("周")],
  ["months", t("个月")],
];

const FORMS = { duration: "timeDuration", date: "timeDate", cycle: "timeCycle" };

/** What the timer says now: {kind, …}. */
function read(definition) {
  const body = (name) => (definition.get(name) ? definition.get(name).body || "" : "");
  const [after, on, every] = [body("timeDuration"), body("timeDate"), body("timeCycle")];
  if (after) return durationOf(after) ? { kind: "after", ...durationOf(after) } : { kind: "expression", form: "duration", text: after };
  if (every) return cycleOf(every) ? { kind: "every", ...cycleOf(every) } : { kind: "expression", form: "cycle", text: every };
  if (!on) return { kind: "" };
  if (workdaysOf(on)) return { kind: "workdays", count: workdaysOf(on) };
  return /^\d{4}-\d\d-\d\d/.test(on) ? { kind: "day", day: on } : { kind: "expression", form: "date", text: on };
}

export function timerGroups(panel, definition) {
  const { element, thing, settings, known } = panel;
  const now = read(definition);
  const kind = panel.choosing("timer") || now.kind;
  const repeats = is(thing, "bpmn:BoundaryEvent");
  const dates = namesAt(thing, known).filter((one) => one.kind === "date").map(({ name, says }) => [marked(name), says]);
  const isDate = now.kind === "expression" && dates.some(([key]) => key === now.text);

  const write = (form, body) => {
    const changes = { timeDuration: undefined, timeDate: undefined, timeCycle: undefined };
    if (body) changes[FORMS[form]] = settings.expression(body, definition);
    settings.update(element, definition, changes);
  };
  const starts = {
    after: () => write("duration", duration(3, "days")),
    workdays: () => write("date", workdays(3)),
    every: () => write("cycle", `R/${duration(1, "weeks")}`),
    day: () => panel.choose("timer", "day"),
    expression: () => panel.choose("timer", "expression"),
    "": () => write("date", ""),
  };
  const pick = (chosen) => {
    panel.unchoose("timer");
    if (chosen.startsWith("$")) write("date", chosen);
    else starts[chosen]();
  };
  const amount = now.amount || 1;
  const unit = now.unit || "days";
  const every = (times, count, each) => write("cycle", `R${times}/${duration(count, each)}`);
  return [
    group(t("时间"), [
      choice({
        label: t("什么时候"),
        options: [
          ["workdays", t("满若干个工作日后")],
          ["after", t("过一段时间后")],
          ["day", t("到某一天")],
          ...(repeats ? [["every", t("每隔一段时间")]] : []),
          { label: t("流程里的日期"), options: dates },
          ["expression", t("写表达式…")],
        ],
        value: isDate ? now.text : kind,
        none: t("请选择"),
        setting: kind ? "" : "timer",
        set: pick,
      }),
      kind === "workdays" &&
        number({ label: t("工作日数"), value: now.count, max: 999, setting: "timer", set: (count) => write("date", count && workdays(count)), hint: t("从到达的次日数起；这些工作日过完的次日零时触发") }),
      kind === "after" && [
        number({ label: t("时长"), value: amount, max: 9999, setting: "timer", set: (count) => write("duration", duration(count || 1, unit)) }),
        choice({ label: t("单位"), options: units(), value: unit, set: (each) => write("duration", duration(amount, each)) }),
      ],
      kind === "every" && [
        number({ label: t("间隔"), value: amount, max: 9999, setting: "timer", set: (count) => every(now.times, count || 1, unit) }),
        choice({ label: t("单位"), options: units(), value: unit, set: (each) => every(now.times, amount, each) }),
        number({ label: t("最多几次"), value: now.times, max: 1000, set: (times) => every(times, amount, unit), hint: t("空着就一直重复，到任务办完为止") }),
      ],
      kind === "day" && day({ label: t("日期"), value: (now.day || "").slice(0, 10), setting: "timer", set: (date) => write("date", date) }),
      kind === "expression" &&
        !isDate &&
        expression({
          label: t("时间表达式"),
          value: inside(now.text) ?? now.text,
          set: (source) => write(now.form || "date", marked(source)),
          offered: panel.offered(),
          setting: "timer",
          hint: t("算出日期，如 workdays_after(row.due, -5)"),
        }),
    ]),
  ];
}

/** What an event on a task's border does besides. */
export function boundaryGroup(panel) {
  const { element, thing, value, set } = panel;
  if (!is(thing, "bpmn:BoundaryEvent")) return null;
  return group(t("触发之后"), [
    choice({
      label: t("所附的任务"),
      options: [
        ["true", t("就此结束（中断）")],
        ["false", t("照常继续（不中断）")],
      ],
      value: String(thing.cancelActivity !== false),
      set: (chosen) => panel.modeling.updateProperties(element, { cancelActivity: chosen === "true" }),
    }),
    text({ label: t("办理轨迹里写"), value: value("trail"), setting: "trail", set: (words) => set("trail", words), hint: t("如：超过3个工作日未签收，视为签收") }),
  ]);
}
