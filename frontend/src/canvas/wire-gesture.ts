/** Dragging a wire by mouse: from a socket, or an existing edge's end to another place. */
import { useCatalog } from "../catalog/catalog-store";
import { type Connection, connect, cutEdge, rewire } from "../document/commands";
import type { EdgeView } from "../document/types";
import { useView, type WireEnd } from "../view/view-store";
import { useCanvas } from "./canvas-store";
import type { CardModel } from "./card-model";
import { freePlace } from "./free-place";
import { outputHeight } from "./graph-model";
import type { SocketData } from "./sockets";
import { placeInGraph, placeOnCanvas, type Stage } from "./stage";
import { WireFits } from "./wire-fits";

/** A place where a wire may end, whether or not it fits there. */
export interface Landing {
  readonly uid: string;
  readonly argument: string | null;
  readonly index: number | null;
  readonly list: boolean;
  readonly output: string | null;
  readonly x: number;
  readonly y: number;
  readonly refusal: string | null;
}

/** How near, in pixels, the pointer has to come to a socket. */
const REACH = 18;
/** How far it has to move before a press is a drag. */
const THRESHOLD = 4;

/** Takes up a wire at a socket; an input that is wired gives up its wire's end. */
export function dragFromSocket(stage: Stage, socket: SocketData, event: PointerEvent): void {
  const edge = socket.side === "input" ? edgeAtSocket(stage, socket) : null;
  if (edge) dragEdgeEnd(stage, edge, "target", event);
  else followWire(stage, endOf(socket), anchorOf(stage, endOf(socket)), null, event);
}

/** Takes up one end of an edge. */
export function dragEdgeEnd(
  stage: Stage,
  edge: EdgeView,
  end: "source" | "target",
  event: PointerEvent,
): void {
  const kept: WireEnd =
    end === "target"
      ? { uid: edge.source, side: "output", output: edge.output, argument: null }
      : { uid: edge.target, side: "input", output: null, argument: edge.argument };
  followWire(stage, kept, keptEndOf(stage, edge, end), edge, event);
}

function followWire(
  stage: Stage,
  end: WireEnd,
  anchor: { x: number; y: number },
  replugged: EdgeView | null,
  start: PointerEvent,
): void {
  const begin = { x: start.clientX, y: start.clientY };
  let fits: WireFits | null = null;
  let landing: Landing | null = null;
  const move = (event: PointerEvent): void => {
    if (fits === null) {
      if (Math.hypot(event.clientX - begin.x, event.clientY - begin.y) < THRESHOLD) return;
      fits = new WireFits(stage.editor.document.getSnapshot(), useCatalog.getState().catalog, end);
      useView.getState().setWire(end);
      useCanvas.setState({ fits, hover: null });
    }
    landing = landingAt(stage, fits, event);
    showWire(stage, end, anchor, landing, event);
  };
  const finish = (event: PointerEvent): void => {
    stop();
    if (fits === null) {
      if (replugged) useView.getState().selectEdge(replugged.id);
    } else drop(stage, end, landing, replugged, event);
  };
  const cancel = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    stop();
  };
  const stop = (): void => {
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", finish);
    window.removeEventListener("pointercancel", stop);
    window.removeEventListener("keydown", cancel, true);
    useView.getState().setWire(null);
    useCanvas.setState({ fits: null, wire: null, remark: null });
  };
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", finish);
  window.addEventListener("pointercancel", stop);
  window.addEventListener("keydown", cancel, true);
}

function showWire(
  stage: Stage,
  end: WireEnd,
  anchor: { x: number; y: number },
  landing: Landing | null,
  event: PointerEvent,
): void {
  const at = placeInGraph(stage, event);
  const fits = landing !== null && landing.refusal === null;
  const free = landing !== null && fits ? landing : at;
  const [from, to] = end.side === "output" ? [anchor, free] : [free, anchor];
  const pixels = placeOnCanvas(stage, event);
  useCanvas.setState({
    wire: { x1: from.x, y1: from.y, x2: to.x, y2: to.y, fits },
    remark: landing?.refusal ? { text: landing.refusal, ...pixels } : null,
  });
}

function drop(
  stage: Stage,
  end: WireEnd,
  landing: Landing | null,
  replugged: EdgeView | null,
  event: PointerEvent,
): void {
  const { document } = stage.editor;
  if (landing?.refusal) {
    const remark = { text: landing.refusal, ...placeOnCanvas(stage, event) };
    useCanvas.setState({ remark });
    const forget = (): void => {
      if (useCanvas.getState().remark === remark) useCanvas.setState({ remark: null });
    };
    setTimeout(forget, 6000);
    window.addEventListener("pointerdown", forget, { once: true, capture: true });
    return;
  }
  if (landing === null) {
    if (replugged) cutEdge(document, replugged);
    else openFittingSearch(stage, end, event);
    return;
  }
  const wire = connectionOf(stage, end, landing);
  if (!replugged) connect(document, wire);
  else if (!isSame(replugged, wire)) rewire(document, replugged, wire);
}

function openFittingSearch(stage: Stage, end: WireEnd, event: PointerEvent): void {
  if (!stage.element.contains(window.document.elementFromPoint(event.clientX, event.clientY))) return;
  const { x, y } = placeInGraph(stage, event);
  const left = end.side === "output" ? x : x - 132;
  useView.getState().openSearch({ at: freePlace(stage.model().scene, [left, y - 46]), fits: end });
}

/** The connection that joins a wire's end with a landing. */
export function connectionOf(stage: Stage, end: WireEnd, landing: Landing): Connection {
  if (end.side === "output") {
    const { uid, argument, list, index } = landing;
    return { source: end.uid, output: end.output, target: uid, argument: argument ?? "", list, index };
  }
  const input = stage
    .model()
    .byUid.get(end.uid)
    ?.inputs.find((candidate) => candidate.argument === end.argument);
  return {
    source: landing.uid,
    output: landing.output,
    target: end.uid,
    argument: end.argument ?? "",
    list: input?.list ?? false,
  };
}

function isSame(edge: EdgeView, wire: Connection): boolean {
  return (
    edge.source === wire.source &&
    edge.output === wire.output &&
    edge.target === wire.target &&
    edge.argument === wire.argument &&
    (edge.index ?? null) === (wire.list ? (wire.index ?? null) : null)
  );
}

/** The socket nearest to the pointer; else, over a card, its first socket that fits. */
function landingAt(stage: Stage, fits: WireFits, event: PointerEvent): Landing | null {
  const { x, y } = placeInGraph(stage, event);
  const { scene, cards } = stage.model();
  const reach = REACH / stage.viewport().zoom;
  let nearest: Landing | null = null;
  let distance = Math.max(reach, 12);
  for (const found of scene.cardsIn(x - reach, y - reach, x + reach, y + reach)) {
    const card = cards[scene.cardNumber(found)];
    if (!card) continue;
    for (const landing of landingsOf(stage, card, fits)) {
      const away = Math.hypot(landing.x - x, landing.y - y);
      if (away < distance) [nearest, distance] = [landing, away];
    }
  }
  if (nearest) return nearest;
  const card = cards[scene.cardAt(x, y)];
  return card ? wholeCard(landingsOf(stage, card, fits), card, fits) : null;
}

function wholeCard(landings: readonly Landing[], card: CardModel, fits: WireFits): Landing | null {
  if (card.node.uid === fits.end.uid) return null;
  const free = (landing: Landing): boolean =>
    card.inputs.some(
      (input) => input.argument === landing.argument && input.index === landing.index && input.edge === null,
    );
  const fitting = landings.filter((landing) => landing.refusal === null);
  return fitting.find(free) ?? fitting[0] ?? landings[0] ?? null;
}

/** Every place on a card where the wire could end, or begin. */
export function landingsOf(stage: Stage, card: CardModel, fits: WireFits): Landing[] {
  const { uid } = card.node;
  const place = stage.model().scene.card(uid);
  if (!place) return [];
  if (fits.end.side === "output") {
    return card.inputs.map(({ argument, index, list }, at) => ({
      uid,
      argument,
      index,
      list,
      output: null,
      x: place.x,
      y: place.y + (card.layout.inputs[at] ?? 0),
      refusal: fits.fitsInput(uid, argument) ? null : fits.refusal(uid, argument),
    }));
  }
  return card.outputs.map(({ output }) => ({
    uid,
    argument: null,
    index: null,
    list: false,
    output,
    x: place.x + card.layout.width,
    y: place.y + outputHeight(card, output),
    refusal: fits.fitsOutput(uid) ? null : fits.refusal(uid, null),
  }));
}

function endOf(socket: SocketData): WireEnd {
  return { uid: socket.uid, side: socket.side, output: socket.output, argument: socket.argument };
}

function edgeAtSocket(stage: Stage, socket: SocketData): EdgeView | null {
  const { edges } = stage.editor.document.getSnapshot();
  const found = edges.find(
    (edge) => edge.target === socket.uid && edge.argument === socket.argument && edge.index === socket.index,
  );
  return found ?? null;
}

function anchorOf(stage: Stage, end: WireEnd): { x: number; y: number } {
  const card = stage.model().byUid.get(end.uid);
  const place = stage.model().scene.card(end.uid);
  if (!card || !place) return { x: 0, y: 0 };
  if (end.side === "output")
    return { x: place.x + card.layout.width, y: place.y + outputHeight(card, end.output) };
  const at = card.inputs.findIndex((input) => input.argument === end.argument && input.edge === null);
  return { x: place.x, y: place.y + (card.layout.inputs[Math.max(0, at)] ?? 0) };
}

function keptEndOf(stage: Stage, edge: EdgeView, moved: "source" | "target"): { x: number; y: number } {
  const { scene } = stage.model();
  const number = scene.edgeNumber(edge.id);
  return moved === "target"
    ? { x: scene.x1[number] ?? 0, y: scene.y1[number] ?? 0 }
    : { x: scene.x2[number] ?? 0, y: scene.y2[number] ?? 0 };
}
