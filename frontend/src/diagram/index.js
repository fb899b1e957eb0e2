// [data-diagram="url of the BPMN"]: draws the process and marks where it stands. The state of each element comes
// from the readable list of steps beside it ([data-step="id" data-state="done|active|overdue"]), so the
// picture can never say anything else than the words.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./diagram.css";

const padding = 24;
const largest = 1.2;

/** Show all of the drawing with a margin; the viewer's own fit leaves none for labels and badges. */
function fit(canvas) {
  const { inner, outer } = canvas.viewbox();
  if (!outer.width || !outer.height || !inner.width) return;
  const scale = Math.min(
    largest,
    (outer.width - 2 * padding) / inner.width,
    (outer.height - 2 * padding) / inner.height,
  );
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({
    x: inner.x - (width - inner.width) / 2,
    y: inner.y - (height - inner.height) / 2,
    width,
    height,
  });
}

/** Mark steps and the flows between steps that were both passed. */
function mark(viewer, steps) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const reached = new Set();
  for (const { id, state } of steps) {
    if (!registry.get(id)) continue;
    reached.add(id);
    canvas.addMarker(id, `sw-${state}`);
    if (state === "overdue") canvas.addMarker(id, "sw-active");
  }
  registry
    .filter((element) => element.waypoints && element.source && element.target)
    .filter(({ source, target }) => reached.has(source.id) && reached.has(target.id))
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
  fit(canvas);
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
    fit(canvas);
  }).observe(holder);
  figure.dataset.ready = "yes";
}

for (const figure of document.querySelectorAll("[data-diagram]")) {
  draw(figure).catch((error) => {
    console.warn(error);
    figure.querySelector("[data-diagram-failed]").hidden = false;
  });
}
