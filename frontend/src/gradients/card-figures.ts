/** Draws the live figures on cards: numbers, strips, heat maps, histograms; and whole cards where no DOM has them. */
import { CARD_INSET, type Rect } from "../canvas/card-layout";
import { type Figures, type Frame, MAX, MEAN, MIN, NONFINITE, NORM, ROW } from "../run/frame";
import type { Picture } from "../wire/messages";
import { NumberTexts, shortNumber, signedNumber } from "./number-text";
import type { Palette } from "./palette";
import { binOfZero, PictureStage, paintHistogram } from "./pictures";
import { MONO, signColour } from "./plates";
import { COLOURS, colourIndex } from "./ribbon-scale";
import type { Scene, SceneCard } from "./scene";
import type { Seen } from "./viewport";

const VALUE_FONT = `600 15px ${MONO}`;
const GRADIENT_FONT = `10px ${MONO}`;
const DEPOSIT_FONT = `9px ${MONO}`;
/** What was deposited stands one line above the card's note. */
const DEPOSIT_LINE = 11;
const BAND_HEIGHT = 8;
/** Below this zoom cards are mere specks: without outlines, in the outlines' tone. */
const OUTLINE_ZOOM = 0.1;

/** Draws what is live on cards; keeps texts and the staging image. */
export class FigurePainter {
  private readonly stage = new PictureStage();
  private readonly values = new NumberTexts(shortNumber);
  private readonly gradients = new NumberTexts((value) => `∇ ${signedNumber(value)}`);
  private readonly deposits = new NumberTexts((value) => `.grad ${signedNumber(value)}`);
  private readonly depositNorms = new NumberTexts((value) => `.grad norm ${shortNumber(value)}`);
  private readonly norms = new NumberTexts((value) => `‖∇‖ ${shortNumber(value)}`);

  /** Makes room for a layout's outputs. */
  resize(outputs: number): void {
    this.values.resize(outputs);
    this.gradients.resize(outputs);
    this.deposits.resize(outputs);
    this.depositNorms.resize(outputs);
    this.norms.resize(outputs);
  }

  /** Draws the figures of the seen cards. */
  paint(context: CanvasRenderingContext2D, scene: Scene, frame: Frame, palette: Palette, view: Seen): void {
    context.textBaseline = "alphabetic";
    for (const card of scene.cards) {
      if (card.row < 0 || card.layout.note < 0 || !isSeen(card, view)) continue;
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
      const shown = this.values.text(row, frame.values[at + MEAN] as number);
      context.fillText(shown, card.x + value.x, card.y + value.y + value.height, value.width);
    }
    if (!((frame.gradients[at + NONFINITE] as number) >= 0)) {
      paintNone(context, card, frame, palette, "∇ none");
      return;
    }
    const mean = frame.gradients[at + MEAN] as number;
    context.font = GRADIENT_FONT;
    context.fillStyle = signColour(mean, palette);
    const shown = this.gradients.text(row, mean);
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
      paintNone(context, card, frame, palette, "none");
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
    const single = card.layout.figure === "number";
    const value = frame.deposits[at + (single ? MEAN : NORM)] as number;
    context.textAlign = "left";
    context.font = DEPOSIT_FONT;
    context.fillStyle = single && value !== 0 ? signColour(value, palette) : palette.faint;
    const shown = (single ? this.deposits : this.depositNorms).text(card.row, value);
    const { note, width } = card.layout;
    context.fillText(shown, card.x + CARD_INSET, card.y + note - DEPOSIT_LINE, width - 2 * CARD_INSET);
  }

  private paintParameters(
    context: CanvasRenderingContext2D,
    card: SceneCard,
    frame: Frame,
    palette: Palette,
  ): void {
    context.textAlign = "right";
    context.font = GRADIENT_FONT;
    card.parameters.forEach(({ row }, index) => {
      const at = row * ROW;
      if (row < 0 || !((frame.gradients[at + NONFINITE] as number) >= 0)) return;
      context.fillStyle = signColour(frame.gradients[at + MEAN] as number, palette);
      const shown = this.norms.text(row, frame.gradients[at + NORM] as number);
      const y = card.y + (card.layout.parameters[index] as number) + 3.5;
      context.fillText(shown, card.x + card.layout.width - 12, y);
    });
  }
}

/** A gradient could have reached the card and did not: it says so. (What cannot be reached says it in the DOM.) */
function paintNone(
  context: CanvasRenderingContext2D,
  card: SceneCard,
  frame: Frame,
  palette: Palette,
  text: string,
): void {
  if (frame.withoutGradients || !card.reached) return;
  const { gradient } = card.layout;
  context.textAlign = "left";
  context.font = GRADIENT_FONT;
  context.fillStyle = palette.faint;
  context.fillText(text, card.x + gradient.x, card.y + gradient.y + Math.min(gradient.height, 14) - 2);
}

/** Draws cards as plain shapes for a far zoom: card, band, and in its body the colour of its gradient. */
export function paintFarCards(
  context: CanvasRenderingContext2D,
  scene: Scene,
  frame: Frame | null,
  palette: Palette,
  view: Seen,
  zoom: number,
  selection: ReadonlySet<string>,
): void {
  const outlined = zoom >= OUTLINE_ZOOM;
  context.fillStyle = outlined ? palette.card : palette.line;
  context.strokeStyle = palette.line;
  context.lineWidth = 1 / zoom;
  for (const card of scene.cards) {
    if (!isSeen(card, view)) continue;
    const { x, y, layout } = card;
    context.fillRect(x, y, layout.width, layout.height);
    if (outlined) context.strokeRect(x, y, layout.width, layout.height);
  }
  paintBands(context, scene, palette, view);
  if (frame) paintBodies(context, scene, frame, palette, view);
  paintNames(context, scene, palette, view, zoom);
  if (selection.size > 0) paintSelection(context, scene, palette, selection, 2 / zoom);
}

function paintBands(context: CanvasRenderingContext2D, scene: Scene, palette: Palette, view: Seen): void {
  for (const kind of ["leaf", "data", "loss"] as const) {
    context.fillStyle = palette[kind];
    for (const card of scene.cards)
      if (card.kind === kind && isSeen(card, view))
        context.fillRect(card.x, card.y, card.layout.width, 2 * BAND_HEIGHT);
  }
}

/** The body's colour of every card, −1 where it has none; kept so that no frame allocates. */
let bodies = new Int8Array(0);

function paintBodies(
  context: CanvasRenderingContext2D,
  scene: Scene,
  frame: Frame,
  palette: Palette,
  view: Seen,
): void {
  const { cards } = scene;
  if (bodies.length < cards.length) bodies = new Int8Array(cards.length);
  for (let card = 0; card < cards.length; card += 1)
    bodies[card] = bodyColour(cards[card] as SceneCard, frame, view);
  for (let index = 0; index < COLOURS; index += 1) {
    context.fillStyle = palette.ribbons[index] as string;
    for (let card = 0; card < cards.length; card += 1) {
      if (bodies[card] !== index) continue;
      const { x, y, layout } = cards[card] as SceneCard;
      context.fillRect(x + 16, y + layout.height - 34, layout.width - 32, 20);
    }
  }
}

function bodyColour(card: SceneCard, frame: Frame, view: Seen): number {
  if (card.row < 0 || !isSeen(card, view)) return -1;
  const at = card.row * ROW;
  const { gradients } = frame;
  if (!((gradients[at + NONFINITE] as number) >= 0)) return -1;
  return colourIndex(
    gradients[at + MEAN] as number,
    gradients[at + MIN] as number,
    gradients[at + MAX] as number,
  );
}

/** Names are readable down to about a fifth: they are drawn at ten pixels as long as they fit their cards. */
function paintNames(
  context: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  view: Seen,
  zoom: number,
): void {
  if (zoom < 0.18) return;
  const size = Math.min(30, 10 / zoom);
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.fillStyle = palette.ink;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  for (const card of scene.cards)
    if (isSeen(card, view))
      context.fillText(card.name, card.x + 10, card.y + 16 + size, card.layout.width - 20);
}

function paintSelection(
  context: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  selection: ReadonlySet<string>,
  width: number,
): void {
  context.strokeStyle = palette.selection;
  context.lineWidth = width;
  for (const uid of selection) {
    const card = scene.card(uid);
    if (card) context.strokeRect(card.x, card.y, card.layout.width, card.layout.height);
  }
}

/** Whether a card is in the seen rectangle. */
export function isSeen(card: SceneCard, view: Seen): boolean {
  const { x, y, layout } = card;
  return x < view.right && x + layout.width > view.left && y < view.bottom && y + layout.height > view.top;
}
