// [data-compare]: two drawings side by side. What has changed comes from the table in words below them
// ([data-element="id" data-change="added|removed|changed|moved"]), so both always say the same.
import { draw, failed } from "../diagram/viewer.js";
import "./compare.css";

const changes = [...document.querySelectorAll("[data-change]")].map(({ dataset }) => ({
  id: dataset.element,
  what: dataset.change,
}));

/** What was removed stands in the old drawing only, what was added in the new one. */
const belongs = { old: (what) => what !== "added", new: (what) => what !== "removed" };

async function show(side) {
  const figure = side.querySelector("[data-diagram]");
  const own = changes.filter(({ what }) => belongs[side.dataset.side](what));
  const mark = (viewer) => {
    const registry = viewer.get("elementRegistry");
    for (const { id, what } of own) if (registry.get(id)) viewer.get("canvas").addMarker(id, `sw-${what}`);
  };
  // The steps first: a line tells less of where to look.
  const first = own.filter(({ what }) => what !== "moved").map(({ id }) => id);
  try {
    await draw(figure, figure.dataset.diagram, mark, first, first.length ? undefined : 0);
  } catch (error) {
    failed(figure, error);
  }
}

for (const side of document.querySelectorAll("[data-compare] [data-side]")) show(side);
