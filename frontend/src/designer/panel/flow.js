// A line out of a gateway: when it is taken.
import { is } from "bpmn-js/lib/util/ModelUtil";

import { t } from "../texts.js";
import { expression } from "./cel.js";
import { inside, marked, outcomeIs, outcomeOf } from "./expression.js";
import { choice, group, note } from "./fields.js";
import { outcomesBefore } from "./reach.js";

const OTHER = "?";
const DEFAULT = "!";

const forks = (node) => ["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway", "bpmn:Activity"].some((type) => is(node, type));

export function flowGroups(panel) {
  const { element, thing, settings, known } = panel;
  const from = thing.sourceRef;
  if (!from || !forks(from) || (!is(from, "bpmn:Gateway") && from.outgoing.length < 2)) return [];
  const condition = thing.conditionExpression ? thing.conditionExpression.body || "" : "";
  const outcomes = outcomesBefore(from, known.outcomes).map(([name, label]) => [outcomeIs(name), t("上一步办理结果是“{label}”", { label })]);
  const isDefault = from.default === thing;
  const asked = outcomeOf(condition);
  const listed = asked !== null && outcomes.some(([key]) => key === outcomeIs(asked));
  const own = !isDefault && (panel.choosing("condition") || (condition !== "" && !listed));

  const write = (text) => {
    const conditionExpression = settings.expression(text, thing);
    settings.together(
      () => isDefault && settings.update(element, from, { default: undefined }),
      () => panel.modeling.updateProperties(element, { conditionExpression }),
    );
  };
  const makeDefault = () =>
    settings.together(
      () => panel.modeling.updateProperties(element, { conditionExpression: undefined }),
      () => panel.modeling.updateProperties(panel.registry.get(from.id), { default: thing }),
    );
  const pick = (chosen) => {
    panel.unchoose("condition");
    if (chosen === OTHER) panel.choose("condition");
    else if (chosen === DEFAULT) makeDefault();
    else write(chosen);
  };
  return [
    group(t("走这条路的条件"), [
      choice({
        label: t("条件"),
        options: [...outcomes, [DEFAULT, t("别的条件都不成立时（默认路径）")], [OTHER, t("写表达式…")]],
        value: own ? OTHER : isDefault ? DEFAULT : listed ? outcomeIs(asked) : "",
        none: t("没有条件"),
        setting: own ? "" : "condition",
        set: pick,
      }),
      own &&
        expression({
          label: t("条件表达式"),
          value: inside(condition) ?? condition,
          set: (source) => write(marked(source)),
          offered: panel.offered(),
          setting: "condition",
          hint: t("算出真或假，如 row.major，或 amount > 10000 && outcome == \"agree\""),
        }),
      is(from, "bpmn:InclusiveGateway") && note(t("包容网关：条件成立的路都走。")),
    ]),
  ];
}
