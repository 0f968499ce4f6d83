/** A double-click on empty canvas searches for a node to add there. */
import { LOSS_PLATE_HEIGHT, LOSS_PLATE_WIDTH, lossPlateAt } from "../gradients/plate-placement";
import type { Scene } from "../gradients/scene";
import { FAR_ZOOM } from "../gradients/viewport";
import { useView } from "../view/view-store";
import { placeInGraph, type Stage } from "./stage";
import { drawnAt } from "./under-pointer";

interface Place {
  readonly clientX: number;
  readonly clientY: number;
}

/** Opens the search where the double-click was, unless something stands there. */
export function openSearchAt(stage: Stage, event: Place & { readonly target: EventTarget | null }): void {
  const onPane = event.target instanceof Element && event.target.classList.contains("react-flow__pane");
  if (!onPane || isOnLegend(stage, event) || drawnAt(stage, event) !== null) return;
  const { x, y } = placeInGraph(stage, event);
  if (stage.viewport().zoom >= FAR_ZOOM && isOnLossPlate(stage.model().scene, x, y)) return;
  useView.getState().openSearch({ at: [Math.round(x), Math.round(y)], fits: null });
}

/** Whether a place of the graph is on the plate with the loss curve, which is drawn and no element. */
function isOnLossPlate(scene: Scene, x: number, y: number): boolean {
  const plate = lossPlateAt(scene);
  if (plate === null) return false;
  const [right, down] = [x - plate.x, y - plate.y];
  return right >= 0 && right <= LOSS_PLATE_WIDTH && down >= 0 && down <= LOSS_PLATE_HEIGHT;
}

/** The legend lets the pointer through, so that the canvas is panned and zoomed beneath it. */
function isOnLegend({ element }: Stage, { clientX, clientY }: Place): boolean {
  const box = element.querySelector(".legend")?.getBoundingClientRect();
  if (!box) return false;
  return clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
}
