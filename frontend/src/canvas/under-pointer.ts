/** What is drawn where the pointer is, and no element: an edge, or a card too far away for one. */
import { FAR_ZOOM } from "../gradients/viewport";
import { placeInGraph, type Stage } from "./stage";

/** How near, in pixels, the pointer has to come to an edge. */
export const EDGE_REACH = 7;

/** A far card by its uid, or an edge by its id. */
export type Drawn =
  | { readonly kind: "node"; readonly uid: string }
  | { readonly kind: "edge"; readonly id: string };

/** The far card there, else the nearest edge in reach, else null. */
export function drawnAt(
  stage: Stage,
  pointer: { readonly clientX: number; readonly clientY: number },
): Drawn | null {
  const { x, y } = placeInGraph(stage, pointer);
  const { scene } = stage.model();
  const { zoom } = stage.viewport();
  const far = zoom < FAR_ZOOM ? scene.cards[scene.cardAt(x, y)] : undefined;
  if (far) return { kind: "node", uid: far.uid };
  const found = scene.edgeAt(x, y, EDGE_REACH / zoom);
  const id = found ? scene.edges[found.edge]?.id : undefined;
  return id === undefined ? null : { kind: "edge", id };
}
