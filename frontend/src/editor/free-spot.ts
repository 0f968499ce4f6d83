/** Finds room on the canvas for a node that is placed without the mouse. */
import type { Point, Snapshot } from "../document/types";

const WIDTH = 132;
const HEIGHT = 116;
const GAP = 24;

/** The place nearest below the wished one where a new card covers no other. */
export function freeSpot(snapshot: Snapshot, [x, y]: Point): Point {
  const left = Math.round(x - WIDTH / 2);
  let top = Math.round(y - HEIGHT / 2);
  for (let tries = 0; tries < snapshot.nodes.length + 1; tries += 1) {
    const covered = snapshot.nodes.find(
      ({ at }) => Math.abs(at[0] - left) < WIDTH + GAP && Math.abs(at[1] - top) < HEIGHT + GAP,
    );
    if (!covered) break;
    top = Math.round(covered.at[1] + HEIGHT + GAP);
  }
  return [left, top];
}
