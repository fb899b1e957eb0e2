// [data-diagram="url of the BPMN"]: draws the process and marks where it stands. The state of each element comes
// from the readable list of steps beside it ([data-step="id" data-state="done|active|overdue"]), so the
// picture can never say anything else than the words.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./diagram.css";

const padding = 24;
const largest = 1.2;
// Below this the names of the steps cannot be read any more.
const readable = 0.75;

/** The scale at which all of the drawing is seen with a margin; the viewer's own fit leaves none. */
function whole({ inner, outer }) {
  return Math.min(
    largest,
    (outer.width - 2 * padding) / inner.width,
    (outer.height - 2 * padding) / inner.height,
  );
}

/** Show the drawing at `scale`, as far as possible with `middle` in the middle and nothing wasted at the edges. */
function look(canvas, scale, middle) {
  const { inner, outer } = canvas.viewbox();
  const place = (start, length, room, wanted) => {
    const slack = room - length;
    if (slack >= 0) return start - slack / 2;
    return Math.min(Math.max(wanted - room / 2, start - padding), start + length - room + padding);
  };
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({
    x: place(inner.x, inner.width, width, middle.x),
    y: place(inner.y, inner.height, height, middle.y),
    width,
    height,
  });
}

function fit(canvas) {
  const box = canvas.viewbox();
  if (box.outer.width && box.inner.width) look(canvas, whole(box), { x: 0, y: 0 });
}

/** Open on the present step, large enough to read; on all of it where that is large enough. */
function open(viewer, steps) {
  const canvas = viewer.get("canvas");
  const box = canvas.viewbox();
  if (!box.outer.width || !box.inner.width) return;
  const present = steps.filter(({ state }) => state !== "done").map(({ id }) => viewer.get("elementRegistry").get(id));
  const { x, y, width, height } = present.find(Boolean) || box.inner;
  look(canvas, Math.max(whole(box), readable), { x: x + width / 2, y: y + height / 2 });
}

/** Mark the steps, and the flows that lead from one that was reached to a later one. */
function mark(viewer, steps) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const order = new Map(steps.map(({ id }, place) => [id, place]));
  for (const { id, state } of steps) if (registry.get(id)) canvas.addMarker(id, `sw-${state}`);
  registry
    .filter((element) => element.waypoints && element.source && element.target)
    .filter(({ source, target }) => order.get(source.id) < order.get(target.id))
    .forEach(({ id }) => canvas.addMarker(id, "sw-done"));
}

async function draw(figure) {
  const holder = figure.querySelector("[data-canvas]");
  const buttons = [...figure.querySelectorAll("[data-step]")];
  const steps = buttons.map(({ dataset }) => ({ id: dataset.step, state: dataset.state }));
  const answer = await fetch(figure.dataset.diagram, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status} ${figure.dataset.diagram}`);
  const viewer = new NavigatedViewer({ container: holder });
  await viewer.importXML(await answer.text());
  const canvas = viewer.get("canvas");
  // The wheel scrolls the page; the buttons zoom.
  viewer.get("zoomScroll").toggle(false);
  mark(viewer, steps);
  open(viewer, steps);
  // The list of steps says the same to those who cannot see it.
  const picture = holder.querySelector(".djs-container > svg");
  picture.setAttribute("aria-hidden", "true");
  picture.setAttribute("tabindex", "-1");

  for (const button of buttons) {
    button.addEventListener("click", () => {
      if (viewer.get("elementRegistry").get(button.dataset.step)) {
        canvas.scrollToElement(button.dataset.step, { top: 60, bottom: 60, left: 60, right: 60 });
        viewer.get("selection").select(button.dataset.step);
      }
    });
  }
  const zoom = { in: () => canvas.zoom(canvas.zoom() * 1.25), out: () => canvas.zoom(canvas.zoom() * 0.8), fit: () => fit(canvas) };
  figure.addEventListener("click", ({ target }) => {
    const tool = target.closest("[data-zoom]");
    if (tool) zoom[tool.dataset.zoom]();
  });
  new ResizeObserver(() => {
    canvas.resized();
    open(viewer, steps);
  }).observe(holder);
  // Paper shows all of it.
  window.addEventListener("beforeprint", () => fit(canvas));
  window.addEventListener("afterprint", () => open(viewer, steps));
  figure.dataset.ready = "yes";
}

for (const figure of document.querySelectorAll("[data-diagram]")) {
  draw(figure).catch((error) => {
    console.warn(error);
    figure.querySelector("[data-diagram-failed]").hidden = false;
  });
}
