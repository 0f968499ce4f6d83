/** What part of the graph is seen, and how large. Pure. */
import type { SceneCard } from "./scene";

/** The place of the graph on the screen: screen = graph · zoom + (x, y), in CSS pixels. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
  readonly width: number;
  readonly height: number;
}

/** The seen rectangle, in the graph's units. */
export interface Seen {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Below this zoom no card is in the DOM: the overlay draws them. */
export const FAR_ZOOM = 0.35;
/** Below this zoom plates vanish. */
export const PLATE_ZOOM = 0.42;
/** Below this zoom ribbons are straight lines. */
export const STRAIGHT_ZOOM = 0.25;
/** Below this zoom ribbons have no chevrons. */
export const CHEVRON_ZOOM = 0.5;

/** Writes the seen rectangle, `margin` pixels larger on every side, into `out`. */
export function seen(viewport: Viewport, margin: number, out: Seen): Seen {
  const { x, y, zoom, width, height } = viewport;
  out.left = (-x - margin) / zoom;
  out.top = (-y - margin) / zoom;
  out.right = (width - x + margin) / zoom;
  out.bottom = (height - y + margin) / zoom;
  return out;
}

/** A point of the screen (from the canvas' corner) in the graph's units. */
export function toGraph(viewport: Viewport, x: number, y: number): { x: number; y: number } {
  return { x: (x - viewport.x) / viewport.zoom, y: (y - viewport.y) / viewport.zoom };
}

/** The viewport that shows a rectangle wholly, no larger than `largest`. */
export function fitting(
  bounds: { x: number; y: number; width: number; height: number },
  width: number,
  height: number,
  limits: { least: number; largest: number; padding: number; bottom: number },
): { x: number; y: number; zoom: number } {
  const room = height - limits.bottom;
  const across = (width - 2 * limits.padding) / Math.max(1, bounds.width);
  const down = (room - 2 * limits.padding) / Math.max(1, bounds.height);
  const zoom = Math.max(limits.least, Math.min(limits.largest, across, down));
  return {
    x: width / 2 - (bounds.x + bounds.width / 2) * zoom,
    y: room / 2 - (bounds.y + bounds.height / 2) * zoom,
    zoom,
  };
}

/** Whether a card is in the seen rectangle. */
export function isSeen({ x, y, layout }: SceneCard, view: Seen): boolean {
  return x < view.right && x + layout.width > view.left && y < view.bottom && y + layout.height > view.top;
}
