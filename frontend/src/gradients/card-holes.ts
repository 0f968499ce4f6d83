/** Takes away what was drawn where a card lies above it, so that the DOM below is seen. Knows no numbers. */
import type { Scene, SceneCard } from "./scene";
import { isSeen, type Seen } from "./viewport";

const CARD_RADIUS = 7.5;
const SOCKET_RADIUS = 5;

/** Cuts every seen card and the sockets of every edge out of what is drawn so far: ribbons run behind them. */
export function cutCards(context: CanvasRenderingContext2D, scene: Scene, view: Seen): void {
  context.globalCompositeOperation = "destination-out";
  context.beginPath();
  for (const card of scene.cards) if (isSeen(card, view)) traceCard(context, card);
  for (let edge = 0; edge < scene.edges.length; edge += 1) {
    traceSocket(context, scene.x1[edge] as number, scene.y1[edge] as number, view);
    traceSocket(context, scene.x2[edge] as number, scene.y2[edge] as number, view);
  }
  context.fill();
  context.globalCompositeOperation = "source-over";
}

/** Cuts one card out: it lies above another whose figures are drawn already. */
export function cutCard(context: CanvasRenderingContext2D, card: SceneCard): void {
  context.globalCompositeOperation = "destination-out";
  context.beginPath();
  traceCard(context, card);
  context.fill();
  context.globalCompositeOperation = "source-over";
}

/** Fills `stack` with the seen cards from the lowest to the topmost: those that are selected lie above all others. */
export function stackCards(
  stack: SceneCard[],
  scene: Scene,
  view: Seen,
  selection: ReadonlySet<string>,
): void {
  stack.length = 0;
  for (const card of scene.cards) if (isSeen(card, view) && !selection.has(card.uid)) stack.push(card);
  if (selection.size === 0) return;
  for (const card of scene.cards) if (isSeen(card, view) && selection.has(card.uid)) stack.push(card);
}

/** Whether a card of the stack covers a part of one below it. */
export function coversAnother(stack: readonly SceneCard[], place: number): boolean {
  const { x, y, layout } = stack[place] as SceneCard;
  for (let below = 0; below < place; below += 1) {
    const other = stack[below] as SceneCard;
    if (other.x >= x + layout.width || other.x + other.layout.width <= x) continue;
    if (other.y < y + layout.height && other.y + other.layout.height > y) return true;
  }
  return false;
}

function traceCard(context: CanvasRenderingContext2D, { x, y, layout }: SceneCard): void {
  context.roundRect(x + 0.5, y + 0.5, layout.width - 1, layout.height - 1, CARD_RADIUS);
}

function traceSocket(context: CanvasRenderingContext2D, x: number, y: number, view: Seen): void {
  if (x < view.left || x > view.right || y < view.top || y > view.bottom) return;
  context.moveTo(x + SOCKET_RADIUS, y);
  context.arc(x, y, SOCKET_RADIUS, 0, Math.PI * 2);
}
