// What the editor says, in Chinese; English is the editor's own.
const zh = {
  "Hit policy:": "命中方式：",
  "Hit policy": "命中方式",
  Unique: "唯一：只许一条符合",
  First: "首条：第一条符合的生效",
  Priority: "优先：按结果的轻重",
  Any: "任意：可有几条，结果须相同",
  Collect: "收集：列出全部符合的",
  "Collect (Sum)": "收集：求和",
  "Collect (Min)": "收集：取最小",
  "Collect (Max)": "收集：取最大",
  "Collect (Count)": "收集：计数",
  "Rule order": "顺序：按规则顺序列出全部",
  "Output order": "按结果顺序（系统不支持）",
  When: "当",
  And: "且",
  Then: "则",
  Annotations: "说明",
  Annotation: "说明",
  Input: "条件",
  "Input label": "条件名称",
  "Input label: ": "条件名称：",
  "Input expression": "条件取自",
  "Input expression: ": "条件取自：",
  "Input type": "条件类型",
  "Input values": "条件可选值",
  Output: "结果",
  "Output label": "结果名称",
  "Output label: ": "结果名称：",
  "Output name": "结果标识",
  "Output name: ": "结果标识：",
  "Output type": "结果类型",
  "Output values": "结果可选值",
  Expression: "取自",
  "Enter expression": "变量或算式",
  "Decision name": "表名",
  "Decision name: ": "表名：",
  Type: "类型",
  Values: "可选值",
  "Predefined values": "可选值",
  "Custom values": "自填的值",
  "Add predefined values": "增加可选值",
  "Clear predefined values": "清除可选值",
  "Add values": "增加值",
  "No values": "没有值",
  '"value"': '"值"',
  '"value", "value", ...': '"值"，"值"……',
  "Strings must be in double quotes": "文字要加双引号",
  "Add rule": "增加规则",
  "Add rule above": "在上面增加规则",
  "Add rule below": "在下面增加规则",
  "Remove rule": "删除规则",
  "Copy rule": "复制规则",
  "Cut rule": "剪切规则",
  "Paste rule above": "粘贴到上面",
  "Paste rule below": "粘贴到下面",
  "Move rule": "移动规则",
  "Add input": "增加条件",
  "Add output": "增加结果",
  "Edit input": "修改条件",
  "Edit output": "修改结果",
  Edit: "修改",
  Resize: "调整宽度",
  "Add cell description": "增加格子说明",
  "Remove cell description": "删除格子说明",
  "Expression language": "表达式语言",
  "Change cell expression language": "更换表达式语言",
  "Editing not supported for set expression language": "不能修改这种语言的表达式",
  "View DRD": "",
};
const sides = { left: "左边", right: "右边" };
const kinds = { input: "条件", output: "结果" };
for (const [kind, name] of Object.entries(kinds)) {
  zh[`Remove ${kind} column`] = `删除这列${name}`;
  zh[`Copy ${kind} column`] = `复制这列${name}`;
  zh[`Cut ${kind} column`] = `剪切这列${name}`;
  for (const [side, where] of Object.entries(sides)) {
    zh[`Add ${kind} column ${side}`] = `在${where}增加${name}`;
    zh[`Paste ${kind} column ${side}`] = `粘贴到${where}`;
  }
}

/** The editor's `translate`: a text with the places in braces filled in. */
export default (lang) =>
  (text, places = {}) =>
    ((lang === "en" ? text : zh[text]) ?? text).replace(/{\s*(\w+)\s*}/g, (whole, name) => places[name] ?? whole);
