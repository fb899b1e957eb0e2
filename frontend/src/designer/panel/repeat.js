// One activity for several units or people: 会签, 或签, one after another, or until a share has decided.
import { is } from "bpmn-js/lib/util/ModelUtil";

import { t } from "../texts.js";
import { expression } from "./cel.js";
import { inside, marked, percent, percentOf } from "./expression.js";
import { choice, group, number, text } from "./fields.js";
import { namesAt } from "./reach.js";

const FIRST = "nrOfCompletedInstances >= 1";
const FIRSTS = /^nrOfCompletedInstances\s*(>=|==)\s*1$|^nrOfCompletedInstances\s*>\s*0$/;
const OTHER = "?";

function wayOf(loop) {
  if (!loop) return "once";
  if (!is(loop, "bpmn:MultiInstanceLoopCharacteristics")) return "loop";
  const until = loop.completionCondition ? loop.completionCondition.body || "" : "";
  const source = inside(until) ?? until.trim();
  if (!source) return loop.isSequential ? "turns" : "all";
  if (FIRSTS.test(source) && !loop.isSequential) return "any";
  return percentOf(until) && !loop.isSequential ? "share" : "until";
}

const listOf = (loop, settings) => settings.collection || (loop.loopDataInputRef && loop.loopDataInputRef.id) || "";

export function repeatGroup(panel) {
  const { element, thing, settings, known, value, set } = panel;
  const loop = thing.loopCharacteristics;
  const way = wayOf(loop);
  const person = is(thing, "bpmn:UserTask");
  if (way === "loop") return null;

  const write = (isSequential, until, share) => {
    const made = settings.create("bpmn:MultiInstanceLoopCharacteristics", { isSequential }, thing);
    if (loop && loop.loopCardinality) made.loopCardinality = settings.expression(loop.loopCardinality.body, made);
    made.completionCondition = settings.expression(until || (share && percent(share)), made);
    panel.modeling.updateProperties(element, { loopCharacteristics: made });
  };
  const ways = {
    once: () =>
      settings.together(
        () => panel.modeling.updateProperties(element, { loopCharacteristics: undefined }),
        () => settings.write(element, thing, { collection: "", item: "" }),
      ),
    all: () => write(false),
    any: () => write(false, FIRST),
    turns: () => write(true),
    share: () => write(false, "", 60),
    until: () => write(Boolean(loop && loop.isSequential), "nrOfCompletedInstances >= 2"),
  };
  const entries = [
    choice({
      label: person ? t("几个人办") : t("办几次"),
      options: [
        ["once", person ? t("一个单位办") : t("一次")],
        ["all", t("会签：同时办，都办完才继续")],
        ["any", t("或签：同时办，一家办完就继续")],
        ["turns", t("依次：按名单先后，一家办完轮到下一家")],
        ["share", t("比例：同时办，达到比例就继续")],
        ["until", t("另写完成条件…")],
      ],
      value: way,
      set: (chosen) => ways[chosen](),
    }),
  ];
  if (loop) entries.push(...details());
  return group(t("会签"), entries, Boolean(loop));

  function details() {
    const list = listOf(loop, panel.values);
    const count = loop.loopCardinality ? loop.loopCardinality.body : "";
    const lists = namesAt(thing, known).filter(({ kind }) => kind === "list" || kind === "units" || kind === "table").map(({ name, says }) => [marked(name), says]);
    const groups = known.groups.map(({ name, units }) => [marked(`[${units.join(", ")}]`), t("{name}（{n} 个单位）", { name, n: units.length })]);
    const isKnown = [...lists, ...groups].some(([key]) => key === list);
    const own = panel.choosing("collection") || (list !== "" && !isKnown);
    const setList = (chosen) => {
      const fixed = groups.some(([key]) => key === chosen);
      settings.together(
        () => count && panel.modeling.updateModdleProperties(element, loop, { loopCardinality: undefined }),
        () => settings.write(element, thing, fixed ? { collection: chosen, item: "unit", ...(person ? { candidate_unit: "${unit}" } : {}) } : { collection: chosen }),
      );
    };
    return [
      choice({
        label: t("名单"),
        options: [
          { label: t("流程里的名单"), options: lists },
          { label: t("单位分组"), options: groups },
          [OTHER, t("写表达式…")],
        ],
        value: own ? OTHER : list,
        none: count ? t("按次数") : t("请选择"),
        setting: own ? "" : "collection",
        set: (chosen) => (panel.unchoose("collection"), chosen === OTHER ? panel.choose("collection") : setList(chosen)),
      }),
      own && expression({ label: t("名单表达式"), value: inside(list) ?? list, set: (source) => setList(marked(source)), offered: panel.offered(), setting: "collection", hint: t("算出一个列表，如 cooperating") }),
      text({
        label: t("名单里每一个叫"),
        value: value("item"),
        placeholder: "item",
        set: (name) => set("item", name),
        setting: "item",
        code: true,
        hint: t("在本任务的表达式里用，如办理单位写 part.unit"),
      }),
      way === "share" && number({ label: t("达到百分之几"), value: percentOf(loop.completionCondition.body), max: 100, setting: "completion", set: (share) => write(false, "", share || 60) }),
      way === "until" &&
        expression({
          label: t("完成条件"),
          value: inside(loop.completionCondition.body) ?? loop.completionCondition.body,
          set: (source) => source && write(Boolean(loop.isSequential), source),
          offered: panel.offered(),
          setting: "completion",
          hint: t("nrOfCompletedInstances 是已办完几家，nrOfInstances 是共几家"),
        }),
      person &&
        text({ label: t("各家的结果收进"), value: value("result"), set: (name) => set("result", name), setting: "result", code: true, hint: t("空着时后办的盖过先办的") }),
    ];
  }
}
