// Two languages. Our own sentences are written in Chinese and translated by texts/en.js; those of bpmn-js are written in
// English and translated by texts/zh.js. `missing` collects what neither knows: a test wants it empty.
import english from "./texts/en.js";
import chinese from "./texts/zh.js";

const isEnglish = document.documentElement.lang.startsWith("en");

export const missing = new Set();

const fill = (text, places) => text.replace(/{([^}]+)}/g, (whole, name) => (name in places ? places[name] : whole));

/** A sentence of ours in the page's language. */
export function t(text, places = {}) {
  if (isEnglish && !(text in english)) missing.add(text);
  return fill((isEnglish && english[text]) || text, places);
}

/** A sentence of bpmn-js and its parts in the page's language. */
export function translate(text, places = {}) {
  const known = isEnglish || text in chinese || !/[A-Za-z]/.test(text) || /[\u4e00-\u9fff]/.test(text);
  if (!known) missing.add(text);
  return fill((!isEnglish && chinese[text]) || text || "", places || {});
}

export default { translate: ["value", translate] };
