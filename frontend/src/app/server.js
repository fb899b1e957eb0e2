// htmx, with the page's CSRF token on every writing request.
import htmx from "htmx.org/dist/htmx.esm.js";

const reading = /^(get|head|options)$/i;

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const token = document.querySelector("meta[name=csrf-token]");
  if (token && !reading.test(detail.verb)) detail.headers["X-CSRFToken"] = token.content;
});

// Filters left empty have no place in the address.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") return;
  for (const name of new Set(detail.formData.keys())) {
    if (detail.formData.getAll(name).every((value) => value === "")) detail.formData.delete(name);
  }
});

// An answer that is no success still has a page worth reading: show it instead of swallowing it.
document.addEventListener("htmx:responseError", ({ detail }) => {
  const text = new DOMParser().parseFromString(detail.xhr.responseText, "text/html");
  const said = text.querySelector("[data-error-detail]");
  document.dispatchEvent(
    new CustomEvent("toast", { detail: { text: said && said.textContent.trim(), kind: "red" } }),
  );
});

export default htmx;
