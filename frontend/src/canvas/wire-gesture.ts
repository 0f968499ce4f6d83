/** Dragging a wire by mouse: from a socket, or an existing edge's end to another place. */
import { useCatalog } from "../catalog/catalog-store";
import { type Connection, connect, cutEdge, rewire } from "../document/commands";
import type { EdgeView } from "../document/types";
import { useView, type WireEnd } from "../view/view-store";
import { useCanvas } from "./canvas-store";
import { freePlace } from "./free-place";
import { outputHeight } from "./graph-model";
import type { SocketData } from "./sockets";
import { placeInGraph, placeOnCanvas, type Stage } from "./stage";
import { WireFits } from "./wire-fits";
import { type Landing, landingAt, type Place } from "./wire-landings";

/** A wire in the hand: the end that stays, where that is, and the edge that is being re-plugged, if it is one. */
interface Hand {
  readonly end: WireEnd;
  readonly anchor: { x: number; y: number };
  readonly replugged: EdgeView | null;
}

/** How far it has to move before a press is a drag. */
const THRESHOLD = 4;

/** Takes up a wire at a socket; an input that is wired gives up its wire's end. */
export function dragFromSocket(stage: Stage, socket: SocketData, event: PointerEvent): void {
  const edge = socket.side === "input" ? edgeAtSocket(stage, socket) : null;
  if (edge) dragEdgeEnd(stage, edge, "target", event);
  else followWire(stage, newWire(stage, endOf(socket)), event);
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
  followWire(stage, { end: kept, anchor: keptEndOf(stage, edge, end), replugged: edge }, event);
}

function newWire(stage: Stage, end: WireEnd): Hand {
  return { end, anchor: anchorOf(stage, end), replugged: null };
}

function followWire(stage: Stage, hand: Hand, start: PointerEvent): void {
  const { end, replugged } = hand;
  const begin = { x: start.clientX, y: start.clientY };
  let fits: WireFits | null = null;
  let landing: Landing | null = null;
  const move = (event: PointerEvent): void => {
    if (fits === null) {
      if (Math.hypot(event.clientX - begin.x, event.clientY - begin.y) < THRESHOLD) return;
      const snapshot = stage.editor.document.getSnapshot();
      fits = new WireFits(snapshot, useCatalog.getState().catalog, end, replugged);
      useView.getState().setWire(end);
      useCanvas.setState({ fits, hover: null });
    }
    landing = landingAt(stage, fits, event);
    showWire(stage, hand, landing, event);
  };
  const finish = (event: PointerEvent): void => {
    stop();
    if (fits === null) {
      if (replugged) useView.getState().selectEdge(replugged.id);
    } else drop(stage, hand, landing, event);
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

function showWire(stage: Stage, hand: Hand, landing: Landing | null, event: PointerEvent): void {
  const at = placeInGraph(stage, event);
  const fits = landing?.fits === true;
  const free = landing?.fits ? landing : at;
  const pulled = landing?.fits ? unpluggedBy(hand, landing) : null;
  const anchor = pulled ? keptEndOf(stage, pulled, "source") : hand.anchor;
  const [from, to] = hand.end.side === "output" && !pulled ? [anchor, free] : [free, anchor];
  const pixels = placeOnCanvas(stage, event);
  useCanvas.setState({
    wire: { x1: from.x, y1: from.y, x2: to.x, y2: to.y, fits },
    remark: landing?.refusal ? { text: landing.refusal, ...pixels } : null,
  });
}

function drop(stage: Stage, hand: Hand, landing: Landing | null, event: PointerEvent): void {
  const { document } = stage.editor;
  const { end, replugged } = hand;
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
  const pulled = unpluggedBy(hand, landing);
  const wire = pulled ? fromOutput(landing, pulled) : connectionOf(stage, end, landing);
  if (replugged && isSame(replugged, wire)) return;
  if (!replugged || pulled) connect(document, wire);
  else rewire(document, replugged, wire);
}

/** The edge whose end was pulled off its input and brought to an output: that input is to get its wire from there. */
function unpluggedBy({ end, replugged }: Hand, landing: Landing): EdgeView | null {
  return end.side === "output" && landing.argument === null ? replugged : null;
}

/** What gives the input of an edge its wire from another output; in a list, in the same place. */
function fromOutput({ uid, output }: Landing, { target, argument, index }: EdgeView): Connection {
  return { source: uid, output, target, argument, list: index !== null, index };
}

function openFittingSearch(stage: Stage, end: WireEnd, event: PointerEvent): void {
  if (!stage.element.contains(window.document.elementFromPoint(event.clientX, event.clientY))) return;
  const { x, y } = placeInGraph(stage, event);
  const left = end.side === "output" ? x : x - 132;
  useView.getState().openSearch({ at: freePlace(stage.model().scene, [left, y - 46]), fits: end });
}

/** The connection that joins a wire's end with a landing. */
export function connectionOf(stage: Stage, end: WireEnd, landing: Place): Connection {
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
