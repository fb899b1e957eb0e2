// form[data-guard]: warns before leaving with unsaved input, and sends the form only once.
import { each } from "./dom.js";

const snapshot = (form) => JSON.stringify([...new FormData(form)].map(([key, value]) => [key, value.name || value]));

each("form[data-guard]", (form) => {
  // A page that came back with errors holds input nobody has stored yet.
  const clean = "unsaved" in form.dataset ? "" : snapshot(form);
  let leaving = false;

  window.addEventListener("beforeunload", (event) => {
    if (leaving || !form.isConnected || snapshot(form) === clean) return;
    event.preventDefault();
    event.returnValue = "";
  });

  form.addEventListener("submit", (event) => {
    if (leaving) event.preventDefault();
    if (event.defaultPrevented) return;
    leaving = true;
    form.setAttribute("aria-busy", "true");
  });

  // Coming back by the browser's Back button restores the page as it was left.
  window.addEventListener("pageshow", () => {
    leaving = false;
    form.removeAttribute("aria-busy");
  });
});
