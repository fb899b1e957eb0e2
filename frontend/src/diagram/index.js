// [data-diagram="url of the BPMN"]: draws the process and marks where it stands. The state of each element, the flows
// taken included, comes from the readable list of steps beside it ([data-step="id" data-state="done|active|overdue"]),
// so the picture can never say anything else than the words.
import { draw, failed } from "./viewer.js";

async function show(figure) {
  const buttons = [...figure.querySelectorAll("[data-step]")];
  const steps = buttons.map(({ dataset }) => ({ id: dataset.step, state: dataset.state }));
  const mark = (viewer) => {
    const registry = viewer.get("elementRegistry");
    for (const { id, state } of steps) if (registry.get(id)) viewer.get("canvas").addMarker(id, `sw-${state}`);
  };
  const present = steps.filter(({ state }) => state !== "done").map(({ id }) => id);
  // Where nothing is present, all of it matters more than its small print.
  const least = steps.length ? undefined : 0;
  const viewer = await draw(figure, figure.dataset.diagram, mark, present, least);
  for (const button of buttons) {
    button.addEventListener("click", () => {
      if (viewer.get("elementRegistry").get(button.dataset.step)) {
        viewer.get("canvas").scrollToElement(button.dataset.step, { top: 60, bottom: 60, left: 60, right: 60 });
        viewer.get("selection").select(button.dataset.step);
      }
    });
  }
}

for (const figure of document.querySelectorAll("[data-diagram]")) show(figure).catch((error) => failed(figure, error));
