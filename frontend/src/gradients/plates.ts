/** Draws the plates on the edges: the gradient's mean and the curve of its norm over the steps; and the loss curve. */
import { type Figures, isComplex, MEAN, NONFINITE, NORM, ROW, signOf } from "../run/frame";
import { HISTORY_POINTS, type NormHistory } from "../run/norm-history";
import { NumberTexts, shortNumber, signedNumber } from "./number-text";
import type { Palette } from "./palette";
import {
  LOSS_PLATE_HEIGHT,
  LOSS_PLATE_WIDTH,
  lossPlateAt,
  PLATE_HEIGHT,
  PLATE_WIDTH,
  type Plates,
} from "./plate-placement";
import type { Scene } from "./scene";
import type { Seen } from "./viewport";

/** The family in which numbers are written. */
export const MONO =
  'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

const INSET = 6;
/** Heights in a plate: the number's baseline above a curve, and where the curve begins; it ends as far from the border. */
const NUMBER_BASELINE = 11.5;
const CURVE_TOP = 18;
const CURVE_FOOT = 5;

/** Draws plates; keeps the texts of their numbers. */
export class PlatePainter {
  private readonly texts = new NumberTexts(signedNumber);

  /** Makes room for a scene's edges. */
  resize(edges: number): void {
    this.texts.resize(edges);
  }

  /** Draws the plates that are seen; of each curve, which has room for `reach` points, the first `points`. */
  paint(
    context: CanvasRenderingContext2D,
    scene: Scene,
    plates: Plates,
    figures: Figures,
    history: NormHistory,
    reach: number,
    points: number,
    palette: Palette,
    view: Seen,
  ): void {
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    let drawn = Number.NaN;
    for (let edge = 0; edge < scene.edges.length; edge += 1) {
      const x = plates.x[edge] as number;
      const y = plates.y[edge] as number;
      const row = scene.rows[edge] as number;
      if (Number.isNaN(x) || row < 0 || !((figures[row * ROW + NONFINITE] as number) >= 0)) continue;
      if (x < view.left || x > view.right || y < view.top || y > view.bottom) continue;
      const scale = plates.scale[edge] as number;
      if (scale !== drawn) {
        context.font = `700 ${10 * scale}px ${MONO}`;
        context.lineWidth = scale;
        drawn = scale;
      }
      this.paintPlate(context, edge, x, y, row, figures, history, reach, points, palette, scale);
    }
  }

  private paintPlate(
    context: CanvasRenderingContext2D,
    edge: number,
    x: number,
    y: number,
    row: number,
    figures: Figures,
    history: NormHistory,
    reach: number,
    points: number,
    palette: Palette,
    scale: number,
  ): void {
    const width = PLATE_WIDTH * scale;
    const height = PLATE_HEIGHT * scale;
    const left = x - width / 2;
    const top = y - height / 2;
    const finite = figures[row * ROW + NONFINITE] === 0;
    const colour = finite ? signColour(signOf(figures, row), palette) : palette.problem;
    const text = isComplex(figures, row)
      ? `‖∇‖ ${shortNumber(figures[row * ROW + NORM] as number)}`
      : this.texts.text(edge, figures[row * ROW + MEAN] as number);
    paintPanel(context, left, top, width, height, palette, finite ? palette.line : colour);
    const start = row * HISTORY_POINTS;
    const curve = isCurve(history.values, start, reach);
    context.fillStyle = colour;
    const baseline = curve ? top + NUMBER_BASELINE * scale : y + 3.5 * scale;
    context.fillText(text, x, baseline);
    if (!curve) return;
    context.strokeStyle = colour;
    context.beginPath();
    const inset = INSET * scale;
    const room = height - (CURVE_TOP + CURVE_FOOT) * scale;
    const from = top + CURVE_TOP * scale;
    const place = { x: left + inset, y: from, width: width - 2 * inset, height: room };
    traceCurve(context, history.values, start, reach, 1, place, false, history.steps, points);
    context.stroke();
  }
}

/** Draws the plate with the loss curve beside the loss node's output: of `count` losses the first `points`. */
export function paintLossPlate(
  context: CanvasRenderingContext2D,
  scene: Scene,
  losses: Float64Array | null,
  count: number,
  points: number,
  loss: number,
  palette: Palette,
): void {
  const at = lossPlateAt(scene);
  const card = scene.cards[scene.lossCard];
  if (at === null || card === undefined || (count === 0 && Number.isNaN(loss))) return;
  context.strokeStyle = palette.loss;
  context.lineWidth = 2;
  context.beginPath();
  traceLead(context, card.x + card.layout.width, card.y + (card.layout.outputs[0] ?? 0), at);
  context.stroke();
  context.lineWidth = 1;
  paintPanel(context, at.x, at.y, LOSS_PLATE_WIDTH, LOSS_PLATE_HEIGHT, palette, palette.line);
  paintLossTexts(context, at, points, lossText(loss, losses?.[points - 1]), palette);
  if (losses === null || count < 2) return;
  context.strokeStyle = palette.loss;
  context.lineWidth = 1.4;
  context.beginPath();
  const width = LOSS_PLATE_WIDTH - 2 * INSET;
  const stride = Math.max(1, Math.ceil(count / (width * 2)));
  const place = { x: at.x + INSET, y: at.y + 20, width, height: LOSS_PLATE_HEIGHT - 26 };
  traceCurve(context, losses, 0, count, stride, place, true, null, points);
  context.stroke();
}

/** A frame tells no loss where there is none and where it is no number: the newest loss tells these apart. */
function lossText(loss: number, last: number | undefined): string {
  if (!Number.isNaN(loss)) return `loss ${shortNumber(loss)}`;
  return last === undefined || Number.isFinite(last) ? "loss" : `loss ${shortNumber(last)}`;
}

/** The line from the loss node's output into its plate: straight to the right, or around the card's corner. */
function traceLead(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  plate: { x: number; y: number },
): void {
  context.moveTo(x + 5, y);
  if (plate.x > x) {
    context.lineTo(plate.x, y);
    return;
  }
  const below = plate.y > y;
  const edge = below ? plate.y + 14 : plate.y + LOSS_PLATE_HEIGHT - 14;
  context.bezierCurveTo(x + 24, y, x + 24, edge, plate.x + LOSS_PLATE_WIDTH, edge);
}

function paintLossTexts(
  context: CanvasRenderingContext2D,
  at: { x: number; y: number },
  count: number,
  text: string,
  palette: Palette,
): void {
  context.textAlign = "left";
  context.font = `700 10px ${MONO}`;
  context.fillStyle = palette.lossText;
  context.fillText(text, at.x + INSET + 1, at.y + 13.5);
  if (count === 0) return;
  context.textAlign = "right";
  context.font = `9px ${MONO}`;
  context.fillStyle = palette.faint;
  context.fillText(String(count), at.x + LOSS_PLATE_WIDTH - INSET - 1, at.y + 13.5);
}

function paintPanel(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  palette: Palette,
  border: string,
): void {
  context.fillStyle = palette.card;
  context.strokeStyle = border;
  context.beginPath();
  context.roundRect(x, y, width, height, 6);
  context.fill();
  context.stroke();
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The colour of a number's sign, or of what is no number any more. */
export function signColour(value: number, palette: Palette): string {
  if (!Number.isFinite(value)) return palette.problem;
  if (value > 0) return palette.plusText;
  return value < 0 ? palette.minus : palette.dim;
}

/** Whether values have a course: two of them are finite, and one is above zero. */
export function isCurve(values: Float32Array, start: number, count: number): boolean {
  let finite = 0;
  let isAboveZero = false;
  for (let k = 0; k < count; k += 1) {
    const value = values[start + k] as number;
    if (!Number.isFinite(value)) continue;
    finite += 1;
    isAboveZero ||= value > 0;
    if (finite > 1 && isAboveZero) return true;
  }
  return false;
}

/** Fewer points than these are marked: between them nothing was seen. */
const FEW_POINTS = 10;
const MARK_RADIUS = 1.1;

/** Adds a curve of `count` values to the path, from zero (or the least below it) to the largest; `logarithmic` if all
are positive and far apart. A point stands where its step is (`steps`, from that of the first finite value on), or,
without these, where its number is. The first `points` are drawn, in the room of all. */
export function traceCurve(
  context: CanvasRenderingContext2D,
  values: Float32Array | Float64Array,
  start: number,
  count: number,
  stride: number,
  { x, y, width, height }: Place,
  logarithmic: boolean,
  steps: Float64Array | null,
  points: number = count,
): void {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  let begin = -1;
  for (let k = 0; k < count; k += stride) {
    const value = values[start + k] as number;
    if (begin < 0 && Number.isFinite(value)) begin = k;
    if (value > most && value < Number.POSITIVE_INFINITY) most = value;
    if (value < least && value > Number.NEGATIVE_INFINITY) least = value;
  }
  if (!(most > 0 || least < 0)) return;
  const logs = logarithmic && least > 0 && most / least > 20;
  const low = logs ? Math.log(least) : Math.min(0, least);
  const span = (logs ? Math.log(most) : most) - low || 1;
  const first = steps?.[begin] ?? 0;
  const reach = (steps?.[count - 1] ?? 1) - first || 1;
  let begun = false;
  for (let k = 0; k < points; k += stride) {
    const value = values[start + k] as number;
    if (!Number.isFinite(value)) {
      begun = false;
      continue;
    }
    const along = ((logs ? Math.log(value) : value) - low) / span;
    const px = x + width * (steps ? ((steps[k] as number) - first) / reach : k / Math.max(1, count - 1));
    const py = y + height - height * Math.max(0, along);
    if (begun) context.lineTo(px, py);
    else context.moveTo(px, py);
    begun = true;
    if (steps && count - begin < FEW_POINTS) mark(context, px, py);
  }
}

function mark(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.moveTo(x + MARK_RADIUS, y);
  context.arc(x, y, MARK_RADIUS, 0, 2 * Math.PI);
  context.moveTo(x, y);
}
