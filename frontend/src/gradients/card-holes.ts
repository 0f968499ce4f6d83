/** Takes away what ribbons left on cards and sockets, so that the DOM below is seen. Knows no numbers. */
import { isSeen } from "./card-figures";
import type { Scene } from "./scene";
import type { Seen } from "./viewport";

const CARD_RADIUS = 7.5;
const SOCKET_RADIUS = 5;

/** Cuts every seen card and the sockets of every edge out of what is drawn so far: ribbons run behind them. */
export function cutCards(context: CanvasRenderingContext2D, scene: Scene, view: Seen): void {
  context.globalCompositeOperation = "destination-out";
  context.beginPath();
  for (const card of scene.cards) {
    if (!isSeen(card, view)) continue;
    const { x, y, layout } = card;
    context.roundRect(x + 0.5, y + 0.5, layout.width - 1, layout.height - 1, CARD_RADIUS);
  }
  for (let edge = 0; edge < scene.edges.length; edge += 1) {
    traceSocket(context, scene.x1[edge] as number, scene.y1[edge] as number, view);
    traceSocket(context, scene.x2[edge] as number, scene.y2[edge] as number, view);
  }
  context.fill();
  context.globalCompositeOperation = "source-over";
}

function traceSocket(context: CanvasRenderingContext2D, x: number, y: number, view: Seen): void {
  if (x < view.left || x > view.right || y < view.top || y > view.bottom) return;
  context.moveTo(x + SOCKET_RADIUS, y);
  context.arc(x, y, SOCKET_RADIUS, 0, Math.PI * 2);
}
