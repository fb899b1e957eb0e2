// Scripts, named events, links, sub-processes and the process itself.
import { is } from "bpmn-js/lib/util/ModelUtil";

import { t } from "../texts.js";
import { expression } from "./cel.js";
import { choice, day, group, note, text, tick } from "./fields.js";

export function scriptGroups(panel) {
  const { element, thing } = panel;
  return [
    group(t("计算"), [
      expression({
        label: t("每行一个“名称 = 表达式”"),
        value: thing.script,
        rows: 6,
        lines: true,
        set: (script) => panel.modeling.updateProperties(element, { script: script || undefined }),
        offered: panel.offered(),
        setting: "script",
        hint: t("以 # 开头的行是说明"),
      }),
    ]),
  ];
}

const KINDS = {
  message: ["bpmn:Message", "messageRef", "消息名称"],
  signal: ["bpmn:Signal", "signalRef", "信号名称"],
  error: ["bpmn:Error", "errorRef", "错误名称"],
  escalation: ["bpmn:Escalation", "escalationRef", "升级名称"],
};

const kindOf = (definition) => definition.$type.replace("bpmn:", "").replace("EventDefinition", "").toLowerCase();

/** Which message, signal, error or escalation: one the file has, or a new one by its name. */
export function referenceGroups(panel, holder, kind) {
  const { element, settings, modeler } = panel;
  const [type, attribute, label] = KINDS[kind];
  const definitions = modeler.getDefinitions();
  const all = definitions.get("rootElements").filter((one) => one.$type === type);
  const chosen = holder.get(attribute);
  const refer = (target) => settings.update(element, holder, { [attribute]: target });
  const create = (name) => {
    const made = settings.create(type, { name, ...(kind === "error" ? { errorCode: name } : {}), ...(kind === "escalation" ? { escalationCode: name } : {}) }, definitions);
    settings.together(
      () => settings.update(element, definitions, { rootElements: [...definitions.get("rootElements"), made] }),
      () => refer(made),
    );
  };
  return [
    group(t("事件"), [
      all.length > 0 &&
        choice({ label: t(label), options: all.map(({ id, name }) => [id, name || id]), value: chosen && chosen.id, none: t("请选择"), setting: "event", set: (id) => refer(all.find((one) => one.id === id)) }),
      text({ label: all.length ? t("或者新建，名称是") : t(label), value: "", setting: all.length ? "" : "event", set: (name) => name && create(name) }),
      kind === "message" && note(t("同一业务编号的流程之间靠名称相同的消息相连。")),
    ]),
  ];
}

export function eventGroups(panel, definition) {
  const kind = kindOf(definition);
  if (kind in KINDS) return referenceGroups(panel, definition, kind);
  if (kind !== "link") return [];
  const { element, settings } = panel;
  return [group(t("事件"), [text({ label: t("链接名称"), value: definition.name, setting: "event", set: (name) => settings.update(element, definition, { name }), hint: t("抛出和捕获用同一个名称") })])];
}

export function stageGroup(panel) {
  const { value, set, known } = panel;
  return group(t("状态"), [choice({ label: t("到达后事项状态变为"), options: known.stages, value: value("stage"), none: t("不变"), setting: "stage", set: (stage) => set("stage", stage) })]);
}

export function phaseGroup(panel) {
  const { value, set } = panel;
  return group(t("阶段起止"), [
    day({ label: t("开始"), value: value("start"), setting: "start", set: (date) => set("start", date) }),
    day({ label: t("结束"), value: value("end"), setting: "end", set: (date) => set("end", date) }),
  ], false);
}

export function processGroups(panel) {
  const { value, set } = panel;
  return [
    group(t("每一次办理"), [
      text({ label: t("标题"), value: value("title"), set: (title) => set("title", title), area: 2, setting: "title", hint: t("可夹带 ${…} 表达式") }),
      text({ label: t("业务编号"), value: value("business_key"), set: (key) => set("business_key", key), area: 2, code: true, setting: "business_key", hint: t("同一编号的流程能互通消息") }),
    ]),
    group(
      t("数据与规定"),
      [
        text({ label: t("启动时给出的变量"), value: value("variables"), set: (names) => set("variables", names), code: true, setting: "variables", hint: t("用英文逗号隔开；写了就会检查表达式里的名称") }),
        text({ label: t("交还给上级流程的结果"), value: value("result"), set: (result) => set("result", result), area: 2, code: true, setting: "result" }),
        choice({
          label: t("被退回后"),
          options: [
            ["next", t("从该步骤起重新逐级办理")],
            ["returner", t("改好后直接送回退回人")],
          ],
          value: value("resubmit"),
          none: t("从该步骤起重新逐级办理（未另定）"),
          setting: "resubmit",
          set: (way) => set("resubmit", way),
        }),
        tick({ label: t("发起人可以撤销"), value: value("cancel") !== "false", setting: "cancel", set: (may) => set("cancel", may ? "" : "false") }),
      ],
      false,
    ),
  ];
}

export const isProcess = (thing) => is(thing, "bpmn:Process");
