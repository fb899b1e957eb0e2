// A drawing in its card: read from the server, fitted, with the buttons that zoom.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { getBBox } from "diagram-js/lib/util/Elements";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./diagram.css";

const padding = 24;
const largest = 1.2;
// Below this the names of the steps cannot be read any more.
const readable = 0.75;
// What an upright A4 sheet leaves between its margins.
const paper = "42rem";

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

/** Open on the first of these elements, no smaller than `least`; on all of it where that is large enough. */
function open(viewer, ids, least) {
  const canvas = viewer.get("canvas");
  const box = canvas.viewbox();
  if (!box.outer.width || !box.inner.width) return;
  const found = ids.map((id) => viewer.get("elementRegistry").get(id)).find(Boolean);
  const { x, y, width, height } = found ? getBBox(found) : box.inner;
  look(canvas, Math.max(whole(box), least), { x: x + width / 2, y: y + height / 2 });
}

/** Draw the BPMN at `url` in `figure`, let `decorate` mark it, and open on one of the elements `present`. */
export async function draw(figure, url, decorate, present, least = readable) {
  const holder = figure.querySelector("[data-canvas]");
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  const viewer = new NavigatedViewer({ container: holder });
  await viewer.importXML(await answer.text());
  const canvas = viewer.get("canvas");
  // The wheel scrolls the page; the buttons zoom.
  viewer.get("zoomScroll").toggle(false);
  decorate(viewer);
  open(viewer, present, least);
  // The list of steps says the same to those who cannot see it.
  const picture = holder.querySelector(".djs-container > svg");
  picture.setAttribute("aria-hidden", "true");
  picture.setAttribute("tabindex", "-1");
  const zoom = { in: () => canvas.zoom(canvas.zoom() * 1.25), out: () => canvas.zoom(canvas.zoom() * 0.8), fit: () => fit(canvas) };
  figure.addEventListener("click", ({ target }) => {
    const tool = target.closest("[data-zoom]");
    if (tool) zoom[tool.dataset.zoom]();
  });
  const resize = (show) => {
    canvas.resized();
    show();
  };
  const again = () => open(viewer, present, least);
  new ResizeObserver(() => {
    if (!holder.style.width) resize(again);
  }).observe(holder);
  // Paper shows all of it, as wide as paper is and not the window.
  window.addEventListener("beforeprint", () => {
    holder.style.width = paper;
    resize(() => fit(canvas));
  });
  window.addEventListener("afterprint", () => {
    holder.style.width = "";
    resize(again);
  });
  figure.dataset.ready = "yes";
  return viewer;
}

/** Say that the drawing did not come; the words beside it are not affected. */
export function failed(figure, error) {
  console.warn(error);
  figure.querySelector("[data-diagram-failed]").hidden = false;
}
