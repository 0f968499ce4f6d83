/** Finds room for new cards. Pure. */
import type { Settle } from "../document/commands";
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

/** Where a new node belongs: a chain goes on to the right of what is selected, a further source stands below it; else the
middle of the view. */
export function usualPlace(
  scene: Scene,
  selected: string | undefined,
  center: Point,
  isSource: boolean,
): Point {
  const after =
    selected === undefined ? null : isSource ? placeBelow(scene, selected) : placeAfter(scene, selected);
  return after ?? freePlace(scene, [center[0] - CARD_WIDTH / 2, center[1] - HEIGHT / 2]);
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

/** Moves what is pasted the least that lets it cover no card: straight down, right, up or left. */
export function besideCards(scene: Scene): Settle {
  const sizes = new Map(scene.cards.map(({ id, layout }) => [id, layout]));
  return (nodes) => {
    const boxes = nodes.map(({ id, at: [left, top] }) => {
      const { width, height } = sizes.get(id) ?? { width: CARD_WIDTH, height: HEIGHT };
      return { left, top, right: left + width, bottom: top + height };
    });
    const obstacles = scene.cards.map(({ x, y, layout }) => ({
      left: x - GAP,
      top: y - GAP,
      right: x + layout.width + GAP,
      bottom: y + layout.height + GAP,
    }));
    const moved = boxes.length > MOST_BOXES ? [around(boxes)] : boxes;
    const shifts = DIRECTIONS.map((way) => shiftOf(moved, obstacles, way));
    const least = Math.min(...shifts.map(lengthOf));
    return shifts.find((shift) => lengthOf(shift) === least) ?? [0, 0];
  };
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** More than these are moved as one. */
const MOST_BOXES = 20;

const DIRECTIONS: readonly Point[] = [
  [0, 1],
  [1, 0],
  [0, -1],
  [-1, 0],
];

/** How far boxes go one way until they touch no obstacle: each time as far as the nearest one asks for. */
function shiftOf(boxes: readonly Box[], obstacles: readonly Box[], [right, down]: Point): Point {
  let far = 0;
  for (let tries = 0; tries <= obstacles.length; tries += 1) {
    const [dx, dy] = [right * far, down * far];
    let next = Number.POSITIVE_INFINITY;
    for (const box of boxes)
      for (const obstacle of obstacles) {
        const apart = obstacle.left >= box.right + dx || obstacle.right <= box.left + dx;
        if (apart || obstacle.top >= box.bottom + dy || obstacle.bottom <= box.top + dy) continue;
        const across = right > 0 ? obstacle.right - box.left : box.right - obstacle.left;
        const along = down > 0 ? obstacle.bottom - box.top : box.bottom - obstacle.top;
        next = Math.min(next, right === 0 ? along : across);
      }
    if (next === Number.POSITIVE_INFINITY) break;
    far = next;
  }
  return [right * far, down * far];
}

function lengthOf([x, y]: Point): number {
  return Math.abs(x) + Math.abs(y);
}

function around(boxes: readonly Box[]): Box {
  return {
    left: Math.min(...boxes.map(({ left }) => left)),
    top: Math.min(...boxes.map(({ top }) => top)),
    right: Math.max(...boxes.map(({ right }) => right)),
    bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
  };
}

function bottomOf(scene: Scene, uid: string): number {
  const card = scene.card(uid);
  return card ? card.y + card.layout.height : 0;
}
