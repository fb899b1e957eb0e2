// The form designer: keeps rows unfolded while they are drawn anew, and saves on Ctrl+S.
import "./formdesigner.scss";
import { on } from "../app/dom.js";

on(
  "toggle",
  "details[data-keep]",
  (details) => {
    document.getElementsByName(details.dataset.keep)[0].value = details.open ? "1" : "";
  },
  { capture: true },
);

document.addEventListener("keydown", (event) => {
  if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  document.querySelector("[data-save]").click();
});
