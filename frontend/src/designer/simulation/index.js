// Walking a token through the drawing, to see where it goes. Nothing is changed and nothing is sent. Loaded when asked for.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import Simulation from "bpmn-js-token-simulation/lib/viewer";

import { showAll } from "../modeler.js";
import { missing } from "../texts.js";
import chinese from "./texts.js";

const isEnglish = document.documentElement.lang.startsWith("en");

function exchange(text) {
  const known = chinese[text.trim()];
  if (known) return text.replace(text.trim(), known);
  const instance = /^(Focus process instance) (.+)$/.exec(text);
  if (instance) return `看这一次（${instance[2]}）`;
  if (/^[A-Z][a-z]+( [A-Za-z]+)+$/.test(text.trim())) missing.add(text.trim());
  return text;
}

/** Put the simulation's texts and titles into Chinese, those of `node` and below. */
function translate(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    const said = exchange(node.data);
    if (said !== node.data) node.data = said;
  } else if (node.nodeType === Node.ELEMENT_NODE) {
    const title = node.getAttribute("title");
    const said = title && exchange(title);
    if (said !== title) node.setAttribute("title", said);
    node.childNodes.forEach(translate);
  }
}

function watchTexts(holder) {
  const isOurs = (node) => {
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    return element && element.closest('[class*="bts-"]');
  };
  const all = (node) => (isOurs(node) ? translate(node) : node.querySelectorAll && node.querySelectorAll('[class*="bts-"]').forEach(translate));
  all(holder);
  const observer = new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach(all)));
  observer.observe(holder, { childList: true, subtree: true });
  return () => observer.disconnect();
}

/** Show `xml` in `holder`, ready to walk through; returns what ends it. */
export async function simulate(xml, holder) {
  const viewer = new NavigatedViewer({ container: holder, additionalModules: [Simulation] });
  await viewer.importXML(xml);
  const unwatch = isEnglish ? () => {} : watchTexts(holder);
  viewer.get("toggleMode").toggleMode(true);
  showAll(viewer.get("canvas"), { legible: true });
  return () => {
    unwatch();
    viewer.destroy();
  };
}
