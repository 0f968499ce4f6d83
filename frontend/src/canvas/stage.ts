/** What the gestures on the canvas share: the graph as it is drawn, the viewport, the document. */
import type { Editor } from "../editor/editor";
import type { Overlay } from "../gradients/overlay";
import { toGraph, type Viewport } from "../gradients/viewport";
import type { GraphModel } from "./graph-model";

/** One mounted canvas. Its parts are read when they are needed: they change. */
export interface Stage {
  readonly editor: Editor;
  readonly element: HTMLElement;
  readonly overlay: Overlay;
  readonly model: () => GraphModel;
  readonly viewport: () => Viewport;
}

/** The place of a pointer event in pixels of the canvas' corner. */
export function placeOnCanvas(
  stage: Stage,
  event: { clientX: number; clientY: number },
): { x: number; y: number } {
  const corner = stage.element.getBoundingClientRect();
  return { x: event.clientX - corner.left, y: event.clientY - corner.top };
}

/** The place of a pointer event in the graph's units. */
export function placeInGraph(
  stage: Stage,
  event: { clientX: number; clientY: number },
): { x: number; y: number } {
  const { x, y } = placeOnCanvas(stage, event);
  return toGraph(stage.viewport(), x, y);
}
