// .upload[data-upload]: sends each chosen or dropped file at once and shows how far it is; the form then carries only
// its id. Without this the plain input sends the files with the form.
import { each, make, on } from "../app/dom.js";

const token = document.querySelector("meta[name=csrf-token]");
const pending = new Map(); // form -> the promises of files under way
const sprite = document.querySelector("svg.icon use");

const say = (control, name, file) => control.dataset[name].replace("…", file);
const tell = (control, text) => {
  control.querySelector("[data-said]").textContent = text;
};

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", sprite.getAttribute("href").replace(/#.*/, `#${name}`));
  svg.append(use);
  return svg;
}

function remover(control, name) {
  const label = say(control, "remove", name);
  return make("button", { type: "button", class: "btn btn-sm btn-plain", "data-file-remove": "", "aria-label": label }, icon("x"));
}

const carried = (control) => control.querySelectorAll("[data-files] li:not([data-failed])").length;

function refusal(control, file) {
  const { mostBytes, most, endings } = control.dataset;
  const ending = file.name.includes(".") ? file.name.split(".").pop().toLowerCase() : "";
  if (endings && ending && !endings.split(" ").includes(ending)) return say(control, "wrongKind", file.name);
  if (file.size > Number(mostBytes)) return say(control, "tooLarge", file.name);
  if (carried(control) >= Number(most)) return say(control, "tooMany", file.name);
  return "";
}

function fail(control, item, file, text, again) {
  item.dataset.failed = "";
  item.replaceChildren(make("span", { class: "t-red", role: "alert" }, text));
  if (again) {
    const retry = make("button", { type: "button", class: "btn btn-sm btn-quiet" }, control.dataset.again);
    retry.addEventListener("click", () => {
      item.remove();
      add(control, file);
    });
    item.append(retry);
  }
  item.append(remover(control, file.name));
}

function keep(control, item, told) {
  const target = told.shown ? { target: "_blank", rel: "noopener" } : {};
  const carrier = { type: "hidden", name: `${control.dataset.name}-kept`, value: told.id };
  item.dataset.discard = told.discard;
  item.replaceChildren(
    make("input", carrier),
    make("a", { class: "file-link", href: told.url, ...target }, icon(told.shown ? "eye" : "paperclip"), " ", told.name),
    make("span", { class: "t-muted small text-nowrap" }, told.size),
    remover(control, told.name),
  );
}

/** What the server answered, or nothing for a page that is not for us. */
function answer(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
}

function send(control, item, file) {
  const bar = make("progress", { max: 100, value: 0, "aria-label": say(control, "sending", file.name) });
  const request = new XMLHttpRequest();
  const stop = remover(control, file.name);
  item.replaceChildren(make("span", {}, file.name), bar, stop);
  stop.addEventListener("click", () => request.abort());
  const form = control.closest("form");
  const done = new Promise((resolve) => {
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.value = total ? (loaded * 100) / total : 0;
    });
    request.addEventListener("loadend", () => {
      const told = answer(request);
      if (request.status === 201) {
        keep(control, item, told);
        tell(control, say(control, "done", file.name));
      } else if (item.isConnected) {
        const again = request.status === 0 || request.status >= 500;
        fail(control, item, file, told.error || say(control, "failed", file.name), again);
      }
      pending.get(form).delete(done);
      resolve(item.isConnected && request.status !== 201 ? item : null);
    });
  });
  if (!pending.has(form)) pending.set(form, new Set());
  pending.get(form).add(done);
  const body = new FormData();
  body.append("file", file);
  request.open("POST", control.dataset.upload);
  if (token) request.setRequestHeader("X-CSRFToken", token.content);
  request.send(body);
}

function add(control, file) {
  const refused = refusal(control, file);
  const item = make("li", {});
  control.querySelector("[data-files]").append(item);
  if (refused) fail(control, item, file, refused, false);
  else send(control, item, file);
}

each(".upload[data-upload]:not(.is-live)", (control) => {
  const input = control.querySelector("input[type=file]");
  const drop = control.querySelector(".drop");
  control.classList.add("is-live");
  // Files stored in an earlier try: a button says it better than a tick.
  control.querySelectorAll("[data-files] li").forEach((item) => {
    const box = item.querySelector("input[type=checkbox]");
    const name = item.querySelector("a").textContent.trim();
    if (box.dataset.mine) item.dataset.discard = `/attachments/${box.value}/discard`;
    box.type = "hidden";
    box.closest("label").replaceWith(box);
    item.append(remover(control, name));
  });
  input.addEventListener("change", () => {
    [...input.files].forEach((file) => add(control, file));
    input.value = "";
  });
  for (const type of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(type, (event) => {
      event.preventDefault();
      drop.classList.toggle("is-over", type === "dragover");
      if (type === "drop") [...event.dataTransfer.files].forEach((file) => add(control, file));
    });
  }
});

on("click", "[data-file-remove]", (button) => {
  const control = button.closest(".upload");
  const item = button.closest("li");
  const { discard } = item.dataset;
  if (discard) fetch(discard, { method: "POST", headers: token ? { "X-CSRFToken": token.content } : {} });
  tell(control, say(control, "gone", button.getAttribute("aria-label").replace(say(control, "remove", ""), "")));
  item.remove();
  control.querySelector("input[type=file]").focus();
});

// Pressing a button while files are under way: it is pressed again once they have arrived.
on(
  "submit",
  "form",
  async (form, event) => {
    const waiting = pending.get(form);
    if (!waiting || !waiting.size) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    form.setAttribute("aria-busy", "true");
    const failed = (await Promise.all(waiting)).find(Boolean);
    form.removeAttribute("aria-busy");
    if (failed) failed.scrollIntoView({ block: "center" });
    else form.requestSubmit(event.submitter || undefined);
  },
  { capture: true },
);
