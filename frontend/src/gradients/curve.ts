/** The curve an edge is drawn along, as pure geometry: points, direction, bounds, distance. Knows no canvas. */

/** A point, in the coordinates of the graph. */
export interface Point {
  x: number;
  y: number;
}

/** How far the two inner control points stand off horizontally from the ends. */
export function controlOffset(x1: number, y1: number, x2: number, y2: number): number {
  const dx = x2 - x1;
  const reach = Math.min(64, 10 + 0.1 * (Math.abs(dx) + Math.abs(y2 - y1)));
  return dx >= 0 ? Math.max(dx * 0.5, reach) : reach - dx * 0.12;
}

/** Writes the point at `t` (0 at the output, 1 at the input) into `out`. */
export function pointAt(x1: number, y1: number, x2: number, y2: number, t: number, out: Point): Point {
  const offset = controlOffset(x1, y1, x2, y2);
  const s = 1 - t;
  const a = s * s * s;
  const b = 3 * s * s * t;
  const c = 3 * s * t * t;
  const d = t * t * t;
  out.x = a * x1 + b * (x1 + offset) + c * (x2 - offset) + d * x2;
  out.y = (a + b) * y1 + (c + d) * y2;
  return out;
}

/** Writes the unit vector along the curve at `t`, in the forward direction, into `out`. */
export function directionAt(x1: number, y1: number, x2: number, y2: number, t: number, out: Point): Point {
  const offset = controlOffset(x1, y1, x2, y2);
  const s = 1 - t;
  const dx = 3 * s * s * offset + 6 * s * t * (x2 - x1 - 2 * offset) + 3 * t * t * offset;
  const dy = 6 * s * t * (y2 - y1);
  const length = Math.hypot(dx, dy) || 1;
  out.x = dx / length;
  out.y = dy / length;
  return out;
}

/** The length of the curve, to within a few per cent. */
export function curveLength(x1: number, y1: number, x2: number, y2: number): number {
  const offset = controlOffset(x1, y1, x2, y2);
  const chord = Math.hypot(x2 - x1, y2 - y1);
  const frame = 2 * offset + Math.hypot(x2 - x1 - 2 * offset, y2 - y1);
  return (chord + frame) / 2;
}

const SAMPLES = 28;
const sample: Point = { x: 0, y: 0 };

/** The distance of a point from the curve, and the `t` of the nearest place on it. */
export function distanceToCurve(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  x: number,
  y: number,
): { distance: number; t: number } {
  let best = Number.POSITIVE_INFINITY;
  let bestT = 0;
  let px = x1;
  let py = y1;
  for (let k = 1; k <= SAMPLES; k += 1) {
    const { x: qx, y: qy } = pointAt(x1, y1, x2, y2, k / SAMPLES, sample);
    const along = projection(px, py, qx, qy, x, y);
    const distance = Math.hypot(px + along * (qx - px) - x, py + along * (qy - py) - y);
    if (distance < best) {
      best = distance;
      bestT = (k - 1 + along) / SAMPLES;
    }
    px = qx;
    py = qy;
  }
  return { distance: best, t: bestT };
}

function projection(ax: number, ay: number, bx: number, by: number, x: number, y: number): number {
  const dx = bx - ax;
  const dy = by - ay;
  const square = dx * dx + dy * dy;
  if (square === 0) return 0;
  return Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / square));
}
