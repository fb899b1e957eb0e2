// [data-heat="url of the BPMN"]: the drawing of a design with what waits at each element. The numbers come from the
// table beside it ([data-place="id" data-open data-overdue data-incidents data-usual], with a link to the processes),
// so the picture can never say anything else than the words; a click on an element follows that link.
import { draw, failed } from "../diagram/viewer.js";
import "./monitor.css";

// Colours can be compared where names can hardly be read.
const overview = 0.5;

function part(className, text = "") {
  const element = document.createElement("div");
  element.className = className;
  element.textContent = text;
  return element;
}

/** A glow behind the element, the stronger the more waits there. */
function glow({ width, height }, share) {
  const element = part("sw-heat");
  element.style.width = `${width + 48}px`;
  element.style.height = `${height + 48}px`;
  element.style.setProperty("--heat", (0.2 + 0.6 * share).toFixed(2));
  return element;
}

function decorate(viewer, places) {
  const [registry, overlays, canvas] = ["elementRegistry", "overlays", "canvas"].map((name) => viewer.get(name));
  const most = Math.max(1, ...places.map(({ open }) => open));
  for (const { id, open, overdue, incidents, usual } of places) {
    const shape = registry.get(id);
    if (!shape) continue;
    if (open) {
      overlays.add(id, "heat", { position: { top: -24, left: -24 }, html: glow(shape, open / most), show: { minZoom: 0 } });
      overlays.add(id, "count", { position: { top: -11, right: 14 }, html: part("sw-count", open) });
    }
    if (overdue) overlays.add(id, "late", { position: { top: -11, left: -12 }, html: part("sw-count is-late", overdue) });
    if (incidents) overlays.add(id, "incident", { position: { bottom: 11, left: -12 }, html: part("sw-count is-broken", `! ${incidents}`) });
    if (usual) overlays.add(id, "usual", { position: { bottom: -4, left: 0 }, html: part("sw-usual", usual) });
    canvas.addMarker(id, overdue || incidents ? "sw-late" : "sw-place");
  }
}

async function show(figure) {
  const rows = [...document.querySelectorAll("[data-place]")];
  const places = rows.map(({ dataset }) => ({
    id: dataset.place,
    open: Number(dataset.open),
    overdue: Number(dataset.overdue),
    incidents: Number(dataset.incidents),
    usual: dataset.usual,
  }));
  const busiest = [...places].sort((a, b) => b.open - a.open).map(({ id }) => id);
  const viewer = await draw(figure, figure.dataset.heat, (drawn) => decorate(drawn, places), busiest, overview);
  viewer.on("element.click", ({ element }) => {
    const row = rows.find(({ dataset }) => dataset.place === element.id);
    if (row) window.location.assign(row.querySelector("a").href);
  });
}

for (const figure of document.querySelectorAll("[data-heat]")) show(figure).catch((error) => failed(figure, error));
