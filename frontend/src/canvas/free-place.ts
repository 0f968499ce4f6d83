/** Finds room for a new card. Pure. */
import type { Point } from "../document/types";
import type { Scene } from "../gradients/scene";
import { CARD_WIDTH } from "./card-layout";

const HEIGHT = 92;
const GAP = 24;

/** The place nearest below `at` where a new card covers no other. */
export function freePlace(scene: Scene, at: Point): Point {
  const [x] = at;
  let [, y] = at;
  for (let tries = 0; tries < 200; tries += 1) {
    const covered = scene.cardsIn(x - GAP / 2, y - GAP / 2, x + CARD_WIDTH + GAP / 2, y + HEIGHT + GAP / 2);
    if (covered.length === 0) break;
    const bottoms = covered.map((uid) => bottomOf(scene, uid));
    y = Math.max(y + 1, Math.min(...bottoms) + GAP);
  }
  return [x, y];
}

/** The place to the right of a card where the next one of a chain belongs. */
export function placeAfter(scene: Scene, uid: string): Point | null {
  const card = scene.card(uid);
  return card ? freePlace(scene, [card.x + card.layout.width + 88, card.y]) : null;
}

/** The place below a card where another source belongs. */
export function placeBelow(scene: Scene, uid: string): Point | null {
  const card = scene.card(uid);
  return card ? freePlace(scene, [card.x, card.y + card.layout.height + GAP + 8]) : null;
}

function bottomOf(scene: Scene, uid: string): number {
  const card = scene.card(uid);
  return card ? card.y + card.layout.height : 0;
}
