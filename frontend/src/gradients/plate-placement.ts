/** Where the plates of the edges stand, so that they cover neither cards nor each other. Pure geometry. */
import { controlOffset, pointAt } from "./curve";
import type { Scene } from "./scene";

/** The size of a plate, in the graph's units. */
export const PLATE_WIDTH = 66;
export const PLATE_HEIGHT = 32;
/** The size of the loss curve's plate. */
export const LOSS_PLATE_WIDTH = 132;
export const LOSS_PLATE_HEIGHT = 58;
const LOSS_PLATE_GAP = 18;
const MARGIN = 3;

/** Sizes of plates, in the order in which they are tried. */
export interface PlateSizes {
  readonly preferred: number;
  readonly least: number;
}

/** How large plates are drawn at a zoom: readable if there is room, else as small as can still be read. */
export function plateSizes(zoom: number): PlateSizes {
  const preferred = Math.min(1.6, Math.max(1, Math.round((0.82 / zoom) * 5) / 5));
  return { preferred, least: Math.min(preferred, Math.max(1, Math.round((0.55 / zoom) * 5) / 5)) };
}

/** Middles and sizes of the plates by edge; NaN where there was no room. */
export interface Plates {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly scale: Float32Array;
}

/** Places along the curve in the order in which they are tried. */
const ALONG = [0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75];
/** How far beside the curve, in plates, in the order in which it is tried. */
const BESIDE = [0, -0.62, 0.62];

/** The left top corner of the loss curve's plate: where it covers no card; null where there is no loss. */
export function lossPlateAt(scene: Scene): { x: number; y: number } | null {
  const card = scene.cards[scene.lossCard];
  if (card === undefined) return null;
  const { width, height } = card.layout;
  const below = { x: card.x, y: card.y + height + LOSS_PLATE_GAP };
  const above = { x: card.x, y: card.y - LOSS_PLATE_GAP - LOSS_PLATE_HEIGHT };
  const beside = { x: card.x + width + LOSS_PLATE_GAP, y: card.y + (height - LOSS_PLATE_HEIGHT) / 2 };
  const isFree = ({ x, y }: { x: number; y: number }): boolean =>
    scene.cardsIn(x, y, x + LOSS_PLATE_WIDTH, y + LOSS_PLATE_HEIGHT).length === 0;
  return [below, beside, above].find(isFree) ?? beside;
}

/** Finds a place for the plate of every edge that is `shown`; the order of the edges decides who gives way. */
export function placePlates(
  scene: Scene,
  shown: (edge: number) => boolean,
  sizes: PlateSizes = { preferred: 1, least: 1 },
): Plates {
  const count = scene.edges.length;
  const [x, y, scale] = [0, 1, 2].map(() => new Float32Array(count).fill(Number.NaN)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const taken = new Boxes();
  for (const card of scene.cards) taken.add(card.x, card.y, card.layout.width, card.layout.height);
  const loss = lossPlateAt(scene);
  if (loss) taken.add(loss.x, loss.y, LOSS_PLATE_WIDTH, LOSS_PLATE_HEIGHT);
  const at = { x: 0, y: 0 };
  const tried = sizes.least < sizes.preferred ? [sizes.preferred, sizes.least] : [sizes.preferred];
  for (let edge = 0; edge < count; edge += 1) {
    if (!shown(edge)) continue;
    const size = tried.find((one) =>
      findPlace(scene, edge, taken, PLATE_WIDTH * one, PLATE_HEIGHT * one, at),
    );
    if (size === undefined) continue;
    [x[edge], y[edge], scale[edge]] = [at.x, at.y, size];
    const [width, height] = [PLATE_WIDTH * size, PLATE_HEIGHT * size];
    taken.add(at.x - width / 2, at.y - height / 2, width, height);
  }
  return { x, y, scale };
}

function findPlace(
  scene: Scene,
  edge: number,
  taken: Boxes,
  width: number,
  height: number,
  at: { x: number; y: number },
): boolean {
  const x1 = scene.x1[edge] as number;
  const y1 = scene.y1[edge] as number;
  const x2 = scene.x2[edge] as number;
  const y2 = scene.y2[edge] as number;
  const steep = Math.abs(y2 - y1) > Math.abs(x2 - x1) + controlOffset(x1, y1, x2, y2);
  for (const beside of BESIDE) {
    for (const t of ALONG) {
      pointAt(x1, y1, x2, y2, t, at);
      if (steep) at.x += beside * width;
      else at.y += beside * height;
      if (!taken.hits(at.x - width / 2, at.y - height / 2, width, height)) return true;
    }
  }
  return false;
}

const CELL = 160;

/** Boxes that are taken, found by the cells of a coarse grid. */
class Boxes {
  private readonly cells = new Map<number, number[]>();
  private readonly boxes: number[] = [];

  add(x: number, y: number, width: number, height: number): void {
    const start = this.boxes.length;
    this.boxes.push(x - MARGIN, y - MARGIN, x + width + MARGIN, y + height + MARGIN);
    this.visit(x - MARGIN, y - MARGIN, x + width + MARGIN, y + height + MARGIN, (key) => {
      const cell = this.cells.get(key);
      if (cell) cell.push(start);
      else this.cells.set(key, [start]);
      return false;
    });
  }

  hits(x: number, y: number, width: number, height: number): boolean {
    const right = x + width;
    const bottom = y + height;
    return this.visit(x, y, right, bottom, (key) => {
      for (const box of this.cells.get(key) ?? []) {
        const [left, top] = [this.boxes[box] as number, this.boxes[box + 1] as number];
        if (
          x < (this.boxes[box + 2] as number) &&
          right > left &&
          y < (this.boxes[box + 3] as number) &&
          bottom > top
        )
          return true;
      }
      return false;
    });
  }

  private visit(x1: number, y1: number, x2: number, y2: number, found: (key: number) => boolean): boolean {
    for (let column = Math.floor(x1 / CELL); column <= Math.floor(x2 / CELL); column += 1)
      for (let row = Math.floor(y1 / CELL); row <= Math.floor(y2 / CELL); row += 1)
        if (found(column * 1_000_003 + row)) return true;
    return false;
  }
}
