// What each kind of element is called.
import { is } from "bpmn-js/lib/util/ModelUtil";

import { t } from "../texts.js";

const NAMES = {
  Process: "流程",
  Participant: "泳池",
  Collaboration: "流程",
  Lane: "泳道",
  UserTask: "人工任务",
  ManualTask: "人工任务（系统外）",
  ServiceTask: "自动任务",
  ScriptTask: "计算",
  SendTask: "发送消息",
  ReceiveTask: "等待消息",
  CallActivity: "调用流程",
  SubProcess: "子流程",
  Task: "普通任务",
  StartEvent: "开始",
  EndEvent: "结束",
  BoundaryEvent: "边界事件",
  IntermediateCatchEvent: "等待事件",
  IntermediateThrowEvent: "中间事件",
  ExclusiveGateway: "排他网关",
  ParallelGateway: "并行网关",
  InclusiveGateway: "包容网关",
  EventBasedGateway: "事件网关",
  SequenceFlow: "连线",
  TextAnnotation: "文字说明",
  Group: "分组框",
  Association: "关联线",
  MessageFlow: "消息线",
  DataObjectReference: "数据对象",
};

const EVENTS = { Timer: "定时", Message: "消息", Signal: "信号", Error: "错误", Escalation: "升级", Link: "链接", Terminate: "终止" };

export function typeName(thing) {
  const kind = thing.$type.replace("bpmn:", "");
  const name = t(NAMES[kind] || kind);
  const definition = is(thing, "bpmn:Event") && (thing.eventDefinitions || [])[0];
  const event = definition && EVENTS[definition.$type.replace(/^bpmn:|EventDefinition$/g, "")];
  return event ? t("{kind}（{event}）", { kind: name, event: t(event) }) : name;
}
