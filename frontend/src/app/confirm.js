// Asks before the irreversible: data-confirm="…" on a form or a submit button, hx-confirm on an htmx element.
import { make, on, words } from "./dom.js";

/** Ask `question`; resolves to true when the person agrees. */
export function ask(question, agree = words("ok")) {
  if (!window.HTMLDialogElement) return Promise.resolve(window.confirm(question));
  const yes = make("button", { class: "btn btn-primary", value: "yes" }, agree);
  const no = make("button", { class: "btn btn-quiet", value: "" }, words("cancel"));
  const text = make("p", { class: "m-0", id: "sw-question" }, question);
  const form = make("form", { method: "dialog" }, text, make("div", { class: "buttons" }, no, yes));
  const dialog = make("dialog", { class: "sw-dialog", "aria-labelledby": "sw-question" }, form);
  document.body.append(dialog);
  dialog.showModal();
  yes.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

on(
  "submit",
  "form",
  async (form, event) => {
    const button = event.submitter;
    const source = button && button.dataset.confirm ? button : form;
    if (!source.dataset.confirm || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!(await ask(source.dataset.confirm, source.dataset.confirmLabel))) return;
    form.dataset.confirmed = "yes";
    if (form.requestSubmit) form.requestSubmit(button || undefined);
    else form.submit();
    delete form.dataset.confirmed;
  },
  { capture: true },
);

document.addEventListener("htmx:confirm", async (event) => {
  const { question, issueRequest } = event.detail;
  if (!question) return;
  event.preventDefault();
  if (await ask(question)) issueRequest(true);
});
