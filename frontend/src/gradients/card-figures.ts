/** Draws the live figures on cards: numbers, strips, heat maps, histograms. */
import { CARD_INSET, PARAMETER_INSET, PARAMETER_NORM_WIDTH, type Rect } from "../canvas/card-layout";
import {
  type Figures,
  type Frame,
  isComplex,
  MAX,
  MEAN,
  MIN,
  NONFINITE,
  NORM,
  ROW,
  signOf,
} from "../run/frame";
import type { Picture } from "../wire/messages";
import { coversAnother, cutCard, stackCards } from "./card-holes";
import { NumberTexts, shortNumber, signedNumber } from "./number-text";
import type { Palette } from "./palette";
import { binOfZero, PictureStage, paintHistogram } from "./pictures";
import { MONO, signColour } from "./plates";
import type { Scene, SceneCard } from "./scene";
import type { Seen } from "./viewport";

const VALUE_FONT = `600 15px ${MONO}`;
const GRADIENT_FONT = `10px ${MONO}`;
const NORM_SIGN_FONT = `9px ${MONO}`;
/** The words that stand in place of a picture, as those of the DOM. */
const NONE_FONT = '9px system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';
const DEPOSIT_FONT = `9px ${MONO}`;
/** What was deposited stands one line above the card's note; below a picture there is less room. */
const DEPOSIT_LINE = 11;
const DEPOSIT_LINE_BELOW_PICTURE = 10;
/** Eight characters, as in 0.000247: what a sign beside it leaves of the room. */
const NORM_NUMBER_WIDTH = 49;

/** Draws what is live on cards; keeps texts and the staging image. */
export class FigurePainter {
  private readonly stage = new PictureStage();
  private readonly stack: SceneCard[] = [];
  /** What stands where a card could have a gradient and has none. */
  private none = "none";
  private readonly values = new NumberTexts(shortNumber);
  private readonly gradients = new NumberTexts((value) => `∇ ${signedNumber(value)}`);
  private readonly deposits = new NumberTexts((value) => `.grad ${signedNumber(value)}`);
  private readonly depositNorms = new NumberTexts((value) => `.grad norm ${shortNumber(value)}`);
  private readonly norms = new NumberTexts(shortNumber);

  /** Makes room for a layout's outputs. */
  resize(outputs: number): void {
    this.values.resize(outputs);
    this.gradients.resize(outputs);
    this.deposits.resize(outputs);
    this.depositNorms.resize(outputs);
    this.norms.resize(outputs);
  }

  /** Draws the figures of the seen cards; a card hides those of the cards that it lies on. */
  paint(
    context: CanvasRenderingContext2D,
    scene: Scene,
    frame: Frame,
    palette: Palette,
    view: Seen,
    selection: ReadonlySet<string>,
  ): void {
    context.textBaseline = "alphabetic";
    this.none = noneText(scene, frame);
    stackCards(this.stack, scene, view, selection);
    for (let place = 0; place < this.stack.length; place += 1) {
      const card = this.stack[place] as SceneCard;
      if (coversAnother(this.stack, place)) {
        this.stage.flush(context);
        cutCard(context, card);
      }
      if (card.row < 0 || card.layout.note < 0) continue;
      if (card.layout.figure === "number") this.paintNumbers(context, card, frame, palette);
      else this.paintPictures(context, card, frame, palette);
      if (card.deposit >= 0) this.paintDeposit(context, card, frame, palette);
      if (card.parameters.length > 0) this.paintParameters(context, card, frame, palette);
    }
    this.stage.flush(context);
  }

  private paintNumbers(
    context: CanvasRenderingContext2D,
    card: SceneCard,
    frame: Frame,
    palette: Palette,
  ): void {
    const { value, gradient } = card.layout;
    const { row } = card;
    const at = row * ROW;
    context.textAlign = "left";
    if ((frame.values[at + NONFINITE] as number) >= 0) {
      context.font = VALUE_FONT;
      context.fillStyle = palette.ink;
      const shown = isComplex(frame.values, row)
        ? magnitudeText(frame.values[at + NORM] as number)
        : this.values.text(row, frame.values[at + MEAN] as number);
      context.fillText(shown, card.x + value.x, card.y + value.y + value.height, value.width);
    }
    if (!((frame.gradients[at + NONFINITE] as number) >= 0)) {
      paintNone(context, card, palette, `∇ ${this.none}`);
      return;
    }
    context.font = GRADIENT_FONT;
    context.fillStyle = signColour(signOf(frame.gradients, row), palette);
    const shown = isComplex(frame.gradients, row)
      ? `∇ ${magnitudeText(frame.gradients[at + NORM] as number)}`
      : this.gradients.text(row, frame.gradients[at + MEAN] as number);
    context.fillText(shown, card.x + gradient.x, card.y + gradient.y + gradient.height, gradient.width);
  }

  private paintPictures(
    context: CanvasRenderingContext2D,
    card: SceneCard,
    frame: Frame,
    palette: Palette,
  ): void {
    const { value, gradient } = card.layout;
    this.paintPicture(context, card, card.picture, frame.values, frame.pictures, value, palette, false);
    this.paintPicture(
      context,
      card,
      card.gradientPicture,
      frame.gradients,
      frame.pictures,
      gradient,
      palette,
      true,
    );
    if (!((frame.gradients[card.row * ROW + NONFINITE] as number) >= 0))
      paintNone(context, card, palette, this.none);
  }

  private paintPicture(
    context: CanvasRenderingContext2D,
    card: SceneCard,
    picture: Picture | null,
    figures: Figures,
    bytes: Int8Array,
    area: Rect,
    palette: Palette,
    signed: boolean,
  ): void {
    const at = card.row * ROW;
    if (picture === null || !((figures[at + NONFINITE] as number) >= 0)) return;
    if (picture.kind !== "histogram") {
      this.stage.add(context, picture, bytes, palette, card.x, card.y, area);
      return;
    }
    const zero = signed
      ? binOfZero(figures[at + MIN] as number, figures[at + MAX] as number, picture.columns)
      : 0;
    const above = signed ? palette.plus : palette.dim;
    paintHistogram(context, picture, bytes, card.x, card.y, area, zero, palette.minus, above);
  }

  /** What backward has added up in the leaf's `.grad`: the number itself, or the norm of many. */
  private paintDeposit(
    context: CanvasRenderingContext2D,
    card: SceneCard,
    frame: Frame,
    palette: Palette,
  ): void {
    const at = card.deposit * ROW;
    if (!((frame.deposits[at + NONFINITE] as number) >= 0)) return;
    const single = card.layout.figure === "number" && !isComplex(frame.deposits, card.deposit);
    const value = frame.deposits[at + (single ? MEAN : NORM)] as number;
    context.textAlign = "left";
    context.font = DEPOSIT_FONT;
    context.fillStyle = single && value !== 0 ? signColour(value, palette) : palette.faint;
    const shown = (single ? this.deposits : this.depositNorms).text(card.row, value);
    const { note, width } = card.layout;
    const line = single ? DEPOSIT_LINE : DEPOSIT_LINE_BELOW_PICTURE;
    context.fillText(shown, card.x + CARD_INSET, card.y + note - line, width - 2 * CARD_INSET);
  }

  private paintParameters(
    context: CanvasRenderingContext2D,
    card: SceneCard,
    frame: Frame,
    palette: Palette,
  ): void {
    const right = card.x + card.layout.width - PARAMETER_INSET;
    card.parameters.forEach(({ row }, index) => {
      const at = row * ROW;
      if (row < 0 || !((frame.gradients[at + NONFINITE] as number) >= 0)) return;
      const y = card.y + (card.layout.parameters[index] as number) + 3.5;
      context.fillStyle = signColour(signOf(frame.gradients, row), palette);
      context.font = NORM_SIGN_FONT;
      context.textAlign = "left";
      context.fillText("‖∇‖", right - PARAMETER_NORM_WIDTH, y, PARAMETER_NORM_WIDTH - NORM_NUMBER_WIDTH);
      context.font = GRADIENT_FONT;
      context.textAlign = "right";
      const shown = this.norms.text(row, frame.gradients[at + NORM] as number);
      context.fillText(shown, right, y, NORM_NUMBER_WIDTH);
    });
  }
}

/** Why what a gradient could reach has none: there is no loss, it was not differentiated yet, or does not depend on it. */
export function noneText(scene: Scene, frame: Frame): string {
  if (!frame.withoutGradients) return "none";
  const loss = scene.cards[scene.lossCard];
  if (loss === undefined) return "none: no loss";
  return loss.row >= 0 && loss.reached ? "none yet" : "none";
}

/** A gradient could have reached the card and did not: it says so. (What cannot be reached says it in the DOM.) */
function paintNone(context: CanvasRenderingContext2D, card: SceneCard, palette: Palette, text: string): void {
  if (!card.reached) return;
  const { gradient, figure } = card.layout;
  const baseline = figure === "number" ? gradient.height : gradient.height / 2 + 4;
  context.textAlign = "left";
  context.font = figure === "number" ? GRADIENT_FONT : NONE_FONT;
  context.fillStyle = palette.faint;
  context.fillText(text, card.x + gradient.x, card.y + gradient.y + baseline, gradient.width + 4);
}

/** A complex number is shown by its magnitude, with the bars that say so. */
function magnitudeText(magnitude: number): string {
  return `|z| ${shortNumber(magnitude)}`;
}
