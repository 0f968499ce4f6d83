/** What the mouse does on the pane beside React Flow's own pan and zoom: hover, click, rectangle, edges' ends, far cards. */
import { moveNodes } from "../document/commands";
import type { GraphDocument } from "../document/graph-document";
import type { Point } from "../document/types";
import { focusCanvas } from "../editor/focus-canvas";
import { FAR_ZOOM } from "../gradients/viewport";
import { useView } from "../view/view-store";
import { displace, endDisplacement, type Hover, useCanvas } from "./canvas-store";
import { socketOf } from "./sockets";
import { placeInGraph, placeOnCanvas, type Stage } from "./stage";
import { drawnAt, EDGE_REACH } from "./under-pointer";
import { dragEdgeEnd, dragFromSocket } from "./wire-gesture";

/** How near to its socket an edge is taken up by its end. */
const END_REACH = 44;
const THRESHOLD = 4;

/** Listens on the canvas; returns how to stop. */
export function listenToPane(stage: Stage): () => void {
  const { element } = stage;
  const press = (event: MouseEvent): void => takePress(stage, event);
  const pointer = (event: PointerEvent): void => takeSocket(stage, event);
  const move = (event: PointerEvent): void => takeHover(stage, event);
  const leave = (): void => useCanvas.setState({ hover: null });
  element.addEventListener("mousedown", press, true);
  element.addEventListener("pointerdown", pointer, true);
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerleave", leave);
  return () => {
    element.removeEventListener("mousedown", press, true);
    element.removeEventListener("pointerdown", pointer, true);
    element.removeEventListener("pointermove", move);
    element.removeEventListener("pointerleave", leave);
  };
}

function takeSocket(stage: Stage, event: PointerEvent): void {
  if (event.button !== 0) return;
  const socket = socketOf(event.target);
  if (socket) {
    dragFromSocket(stage, socket, event);
    return;
  }
  if (!isOnPane(event.target) || event.shiftKey) return;
  const end = edgeEndAt(stage, event);
  if (end) dragEdgeEnd(stage, end.edge, end.end, event);
}

/** React Flow pans on a press: what has another meaning is kept from it. */
function takePress(stage: Stage, event: MouseEvent): void {
  if (event.button !== 0 || !isOnPane(event.target)) return;
  if (event.shiftKey) drawRectangle(stage, event);
  else if (edgeEndAt(stage, event)) event.stopPropagation();
  else if (stage.viewport().zoom < FAR_ZOOM) dragFarCard(stage, event);
}

function edgeEndAt(stage: Stage, event: MouseEvent): { edge: EdgeOf; end: "source" | "target" } | null {
  const { x, y } = placeInGraph(stage, event);
  const { scene } = stage.model();
  const { zoom } = stage.viewport();
  if (zoom < FAR_ZOOM) return null;
  const found = scene.edgeAt(x, y, EDGE_REACH / zoom);
  const edge = found && edgeOf(stage, found.edge);
  if (!found || !edge) return null;
  const toTarget = Math.hypot((scene.x2[found.edge] as number) - x, (scene.y2[found.edge] as number) - y);
  const toSource = Math.hypot((scene.x1[found.edge] as number) - x, (scene.y1[found.edge] as number) - y);
  if (toTarget < END_REACH && toTarget <= toSource) return { edge, end: "target" };
  return toSource < END_REACH ? { edge, end: "source" } : null;
}

type EdgeOf = ReturnType<Stage["model"]>["edges"][number];

function edgeOf(stage: Stage, number: number): EdgeOf | undefined {
  const { scene, edges } = stage.model();
  const id = scene.edges[number]?.id;
  return edges.find((edge) => edge.id === id);
}

/** What a click on the empty pane means: an edge, a far card, or nothing selected. */
export function clickPane(stage: Stage, event: MouseEvent): void {
  const drawn = drawnAt(stage, event);
  const view = useView.getState();
  useCanvas.setState({ frame: null, remark: null });
  if (drawn?.kind === "node") {
    const extended = event.ctrlKey || event.metaKey ? [...view.selection, drawn.uid] : [drawn.uid];
    view.select(extended);
    useCanvas.setState({ focus: drawn });
  } else if (drawn?.kind === "edge") {
    view.selectEdge(drawn.id);
    useCanvas.setState({ focus: { ...drawn, end: "source" } });
  } else {
    view.select([]);
    useCanvas.setState({ focus: null });
  }
}

function takeHover(stage: Stage, event: PointerEvent): void {
  const canvas = useCanvas.getState();
  if (event.buttons !== 0 || canvas.fits !== null) {
    if (canvas.hover !== null) useCanvas.setState({ hover: null });
    return;
  }
  const hover = hoverAt(stage, event);
  if (hover === null && canvas.hover === null) return;
  useCanvas.setState({ hover });
}

function hoverAt(stage: Stage, event: PointerEvent): Hover | null {
  const pixels = placeOnCanvas(stage, event);
  const target = event.target instanceof Element ? event.target : null;
  const plate = target?.closest<HTMLElement>("[data-edge]");
  if (plate) return { edge: plate.dataset.edge ?? null, node: null, ...pixels };
  const card = target?.closest<HTMLElement>(".react-flow__node");
  if (card) return { edge: null, node: card.dataset.id ?? null, ...pixels };
  if (!isOnPane(event.target)) return null;
  const drawn = drawnAt(stage, event);
  if (drawn === null) return null;
  return drawn.kind === "node"
    ? { edge: null, node: drawn.uid, ...pixels }
    : { edge: drawn.id, node: null, ...pixels };
}

function isOnPane(target: EventTarget | null): boolean {
  return target instanceof Element && target.classList.contains("react-flow__pane");
}

function drawRectangle(stage: Stage, start: MouseEvent): void {
  start.stopPropagation();
  const from = placeInGraph(stage, start);
  const kept = new Set(useView.getState().selection);
  follow(
    start,
    (event) => {
      const to = placeInGraph(stage, event);
      useCanvas.setState({ marquee: { x1: from.x, y1: from.y, x2: to.x, y2: to.y } });
      const touched = stage.model().scene.cardsIn(from.x, from.y, to.x, to.y);
      useView.getState().select([...kept, ...touched]);
    },
    () => useCanvas.setState({ marquee: null }),
  );
}

/** Far cards are not in the DOM: they are dragged by their places. */
function dragFarCard(stage: Stage, start: MouseEvent): void {
  const from = placeInGraph(stage, start);
  const { scene } = stage.model();
  const card = scene.cards[scene.cardAt(from.x, from.y)];
  if (!card) return;
  start.stopPropagation();
  const { selection } = useView.getState();
  const moved = selection.has(card.uid) ? [...selection] : [card.uid];
  const corners = moved.map((uid) => [uid, scene.card(uid)?.x ?? 0, scene.card(uid)?.y ?? 0] as const);
  follow(
    start,
    (event) => {
      const to = placeInGraph(stage, event);
      displace(new Map(corners.map(([uid, x, y]) => [uid, [x + to.x - from.x, y + to.y - from.y] as Point])));
    },
    () => commitDisplacement(stage.editor.document),
  );
}

/** Writes where nodes were dragged to into the document, as one edit. */
export function commitDisplacement(document: GraphDocument): void {
  const { displaced } = useCanvas.getState();
  if (displaced.size > 0) moveNodes(document, rounded(displaced));
  endDisplacement();
}

/** Whole units: a moved node is a short line in a diff. */
export function rounded(places: ReadonlyMap<string, Point>): Map<string, Point> {
  return new Map(Array.from(places, ([uid, [x, y]]) => [uid, [Math.round(x), Math.round(y)]]));
}

function follow(start: MouseEvent, move: (event: PointerEvent) => void, end: () => void): void {
  let begun = false;
  const onMove = (event: PointerEvent): void => {
    begun ||= Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) >= THRESHOLD;
    if (begun) move(event);
  };
  start.preventDefault();
  focusCanvas();
  const onEnd = (): void => {
    if (begun) swallowClick();
    window.removeEventListener("pointermove", onMove);
    window.removeEventListener("pointerup", onEnd);
    window.removeEventListener("pointercancel", onEnd);
    end();
  };
  window.addEventListener("pointermove", onMove);
  window.addEventListener("pointerup", onEnd);
  window.addEventListener("pointercancel", onEnd);
}

/** The click that ends a drag is none. */
function swallowClick(): void {
  const swallow = (event: MouseEvent): void => event.stopPropagation();
  window.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener("click", swallow, true), 0);
}
