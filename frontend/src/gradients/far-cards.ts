/** Draws whole cards where no DOM has them: from so far that only band, name and the gradient's colour are read. */
import { type Frame, MAX, MEAN, MIN, NONFINITE, ROW } from "../run/frame";
import type { Palette } from "./palette";
import { COLOURS, colourIndex } from "./ribbon-scale";
import type { Scene, SceneCard } from "./scene";
import { isSeen, type Seen } from "./viewport";

const BAND_HEIGHT = 8;
/** Below this zoom cards are mere specks: without outlines, in the outlines' tone. */
const OUTLINE_ZOOM = 0.1;

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
