// Short messages: flashes that came with the page are read out; an answer's HX-Trigger {"toast": {"text": …}}
// (or its plain form {"toast": "text"}) appears in the corner.
import { each, make, on, words } from "./dom.js";

const region = document.getElementById("toasts");
const seconds = 6;

function show({ text, value, kind = "green" }) {
  const close = make("button", { type: "button", class: "btn-close", "aria-label": words("close"), "data-dismiss": "" });
  const toast = make("div", { class: `notice notice-${kind}` }, make("div", {}, text || value || words("failed")), close);
  region.append(toast);
  // What went wrong stays until it is read.
  if (kind !== "red") setTimeout(() => toast.remove(), seconds * 1000);
}

document.addEventListener("toast", ({ detail }) => show(detail));
on("click", "[data-dismiss]", (button) => button.closest(".notice").remove());

each(".sw-flashes [data-flash]", (flash) => {
  const voice = document.getElementById("announcer");
  setTimeout(() => voice.append(make("p", {}, flash.textContent.trim())), 100);
  // Said once; who reads on should not meet it twice.
  setTimeout(() => voice.replaceChildren(), 3000);
});
