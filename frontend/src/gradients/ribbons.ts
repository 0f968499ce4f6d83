/** Draws the edges: ribbons by the size and sign of their gradient, dotted lines where there is none.

Edges of one width and colour are drawn in one stroke, and nothing is allocated per edge and frame. */
import { type Figures, MAX, MEAN, MIN, NONFINITE, NORM, ROW } from "../run/frame";
import { Crowd } from "./crowd";
import { controlOffset, curveLength, directionAt, pointAt } from "./curve";
import { type Palette, packedColour } from "./palette";
import { COLOURS, colourIndex, type RibbonScale, WIDEST, WIDTHS, widthOfStep } from "./ribbon-scale";
import type { Scene } from "./scene";
import { CHEVRON_ZOOM, FAR_ZOOM, type Seen, STRAIGHT_ZOOM } from "./viewport";

/** Why an edge is drawn as it is: what stands before the buckets of width and colour. */
const HIDDEN = -1;
const EMPTY = 0;
const NOT_FINITE = 1;
const FIRST = 2;
const BUCKETS = FIRST + COLOURS * WIDTHS;

/** Of more ribbons than this no width is read: they become hairlines, which are drawn many times faster. */
const DENSE = 600;

/** Of more straight ones than this a canvas draws less than one in a display frame: see `Crowd`. */
const CROWDED = 3000;

/** The buckets in the order in which they are drawn: what is strongest, or has gone wrong, last and on top. */
const DRAWN: readonly number[] = [
  EMPTY,
  ...Array.from({ length: COLOURS * WIDTHS }, (_, place) => {
    const colour = place % COLOURS;
    return FIRST + colour * WIDTHS + Math.floor(place / COLOURS);
  }),
  NOT_FINITE,
];

/** How far apart two chevrons stand on a ribbon. */
const CHEVRON_GAP = 100;

/** Draws all edges of a scene. */
export class Ribbons {
  private buckets = new Int16Array(0);
  private order = new Int32Array(0);
  /** Where each bucket begins in `order`; the next one's beginning is its end. */
  private readonly starts = new Int32Array(BUCKETS + 1);
  private readonly cursors = new Int32Array(BUCKETS + 1);
  /** How many edges are seen. */
  private shown = 0;
  private readonly crowd = new Crowd();

  /** Draws what is seen. `figures` is null before the first frame. */
  paint(
    context: CanvasRenderingContext2D,
    scene: Scene,
    figures: Figures | null,
    scale: RibbonScale,
    palette: Palette,
    view: Seen,
    zoom: number,
  ): void {
    this.sort(scene, figures, scale, view);
    if (this.shown > CROWDED && zoom < STRAIGHT_ZOOM) {
      this.paintCrowd(context, scene, palette, zoom);
      return;
    }
    context.setLineDash(NO_DASH);
    for (const bucket of DRAWN) {
      const start = this.starts[bucket] as number;
      const end = this.starts[bucket + 1] as number;
      if (start < end) this.paintBucket(context, scene, palette, zoom, bucket, start, end);
    }
  }

  /** How the edge was last drawn: its width in pixels at a zoom of 1, 0 where it has no gradient. */
  widthOf(edge: number): number {
    const bucket = this.buckets[edge] ?? HIDDEN;
    return bucket < FIRST ? 0 : widthOfStep((bucket - FIRST) % WIDTHS);
  }

  private sort(scene: Scene, figures: Figures | null, scale: RibbonScale, view: Seen): void {
    const count = scene.edges.length;
    if (this.buckets.length < count) {
      this.buckets = new Int16Array(count);
      this.order = new Int32Array(count);
    }
    this.starts.fill(0);
    for (let edge = 0; edge < count; edge += 1) {
      const bucket = isSeen(scene, edge, view)
        ? bucketOf(scene.rows[edge] as number, figures, scale)
        : HIDDEN;
      this.buckets[edge] = bucket;
      if (bucket !== HIDDEN) this.starts[bucket + 1] = (this.starts[bucket + 1] as number) + 1;
    }
    for (let bucket = 0; bucket < BUCKETS; bucket += 1)
      this.starts[bucket + 1] = (this.starts[bucket + 1] as number) + (this.starts[bucket] as number);
    this.shown = this.starts[BUCKETS] as number;
    this.cursors.set(this.starts);
    for (let edge = 0; edge < count; edge += 1) {
      const bucket = this.buckets[edge] as number;
      if (bucket === HIDDEN) continue;
      const place = this.cursors[bucket] as number;
      this.order[place] = edge;
      this.cursors[bucket] = place + 1;
    }
  }

  private paintCrowd(context: CanvasRenderingContext2D, scene: Scene, palette: Palette, zoom: number): void {
    const { crowd, order } = this;
    const { a: scale, e: left, f: top } = context.getTransform();
    const density = scale / zoom;
    crowd.begin(Math.round(context.canvas.width / density), Math.round(context.canvas.height / density));
    const x = left / density;
    const y = top / density;
    for (const bucket of DRAWN) {
      const start = this.starts[bucket] as number;
      const end = this.starts[bucket + 1] as number;
      if (start === end) continue;
      const colour = packedColour(bucketColour(bucket, palette), denseOpacity(bucket));
      for (let place = start; place < end; place += 1) {
        const edge = order[place] as number;
        crowd.line(
          (scene.x1[edge] as number) * zoom + x,
          (scene.y1[edge] as number) * zoom + y,
          (scene.x2[edge] as number) * zoom + x,
          (scene.y2[edge] as number) * zoom + y,
          colour,
        );
      }
    }
    crowd.put(context);
  }

  private paintBucket(
    context: CanvasRenderingContext2D,
    scene: Scene,
    palette: Palette,
    zoom: number,
    bucket: number,
    start: number,
    end: number,
  ): void {
    const width = bucketWidth(bucket);
    const dense = this.shown > DENSE;
    const colour = bucketColour(bucket, palette);
    context.strokeStyle = colour;
    context.globalAlpha = bucket === EMPTY || dense ? denseOpacity(bucket) : 1;
    context.lineWidth = dense ? 0.99 / zoom : shownWidth(width, zoom);
    if (bucket < FIRST && zoom >= FAR_ZOOM && !dense) context.setLineDash(bucket === EMPTY ? DOTTED : DASHED);
    context.beginPath();
    for (let place = start; place < end; place += 1) trace(context, scene, this.order[place] as number, zoom);
    context.stroke();
    context.globalAlpha = 1;
    context.setLineDash(NO_DASH);
    if (bucket < FIRST || zoom < CHEVRON_ZOOM || dense) return;
    const wide = width >= 4.5;
    context.strokeStyle = wide ? palette.background : colour;
    context.lineWidth = 1.5;
    context.beginPath();
    const wing = wide ? width / 2 - 0.2 : 2.2 + width / 2;
    for (let place = start; place < end; place += 1)
      traceChevrons(context, scene, this.order[place] as number, wing);
    context.stroke();
  }
}

/** Where no width is read, what is smaller is fainter. */
function denseOpacity(bucket: number): number {
  return bucket === EMPTY ? 0.75 : 0.35 + (0.65 * bucketWidth(bucket)) / WIDEST;
}

/** From far, ribbons shrink less than cards: their widths are what is read there. */
function shownWidth(width: number, zoom: number): number {
  return zoom >= 1 ? width : Math.max(0.7, width * zoom ** 0.6) / zoom;
}

const NO_DASH: number[] = [];
const DOTTED = [1.5, 4];
const DASHED = [7, 4];
const DOTTED_WIDTH = 1.4;
const DASHED_WIDTH = 4;

function bucketOf(row: number, figures: Figures | null, scale: RibbonScale): number {
  if (figures === null || row < 0) return EMPTY;
  const at = row * ROW;
  const notFinite = figures[at + NONFINITE] as number;
  if (!(notFinite >= 0)) return EMPTY;
  if (notFinite > 0) return NOT_FINITE;
  const colour = colourIndex(
    figures[at + MEAN] as number,
    figures[at + MIN] as number,
    figures[at + MAX] as number,
  );
  return FIRST + colour * WIDTHS + scale.step(figures[at + NORM] as number);
}

function bucketWidth(bucket: number): number {
  if (bucket === EMPTY) return DOTTED_WIDTH;
  return bucket === NOT_FINITE ? DASHED_WIDTH : widthOfStep((bucket - FIRST) % WIDTHS);
}

function bucketColour(bucket: number, palette: Palette): string {
  if (bucket === EMPTY) return palette.faint;
  if (bucket === NOT_FINITE) return palette.problem;
  return palette.ribbons[Math.floor((bucket - FIRST) / WIDTHS)] as string;
}

function isSeen(scene: Scene, edge: number, view: Seen): boolean {
  const y1 = scene.y1[edge] as number;
  const y2 = scene.y2[edge] as number;
  if (Math.max(y1, y2) < view.top || Math.min(y1, y2) > view.bottom) return false;
  const x1 = scene.x1[edge] as number;
  const x2 = scene.x2[edge] as number;
  return Math.max(x1, x2) + 64 >= view.left && Math.min(x1, x2) - 64 <= view.right;
}

/** Adds an edge's curve to the context's path. */
export function trace(context: CanvasRenderingContext2D, scene: Scene, edge: number, zoom: number): void {
  const x1 = scene.x1[edge] as number;
  const y1 = scene.y1[edge] as number;
  const x2 = scene.x2[edge] as number;
  const y2 = scene.y2[edge] as number;
  traceEnds(context, x1, y1, x2, y2, zoom < STRAIGHT_ZOOM);
}

/** Adds the curve between two ends to the context's path. */
export function traceEnds(
  context: CanvasRenderingContext2D,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  straight: boolean,
): void {
  context.moveTo(x1, y1);
  if (straight) {
    context.lineTo(x2, y2);
    return;
  }
  const offset = controlOffset(x1, y1, x2, y2);
  context.bezierCurveTo(x1 + offset, y1, x2 - offset, y2, x2, y2);
}

const point = { x: 0, y: 0 };
const direction = { x: 0, y: 0 };

/** Adds chevrons that point back, against the forward direction. */
function traceChevrons(context: CanvasRenderingContext2D, scene: Scene, edge: number, wing: number): void {
  const x1 = scene.x1[edge] as number;
  const y1 = scene.y1[edge] as number;
  const x2 = scene.x2[edge] as number;
  const y2 = scene.y2[edge] as number;
  const count = Math.max(2, Math.round(curveLength(x1, y1, x2, y2) / CHEVRON_GAP));
  for (let k = 0; k < count; k += 1) {
    const t = (k + 0.5) / count;
    pointAt(x1, y1, x2, y2, t, point);
    directionAt(x1, y1, x2, y2, t, direction);
    const { x: dx, y: dy } = direction;
    const reach = Math.min(wing, 3.4);
    context.moveTo(point.x + dx * reach - dy * wing, point.y + dy * reach + dx * wing);
    context.lineTo(point.x - dx * reach * 0.4, point.y - dy * reach * 0.4);
    context.lineTo(point.x + dx * reach + dy * wing, point.y + dy * reach - dx * wing);
  }
}
