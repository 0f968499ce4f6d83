/** How the keyboard walks through a graph: node → edge → node, and to siblings; after the last node, the frames. Pure. */
import type { EdgeView, Snapshot } from "../document/types";
import type { Focus, Stand } from "./canvas-store";

/** The four directions. */
export type Direction = "left" | "right" | "up" | "down";

/** Where a step leads from `stand`; the same where there is nothing that way. */
export function step(snapshot: Snapshot, stand: Stand | null, direction: Direction): Stand | null {
  if (stand === null || isGone(snapshot, stand)) return inList(snapshot, 0);
  if (stand.kind === "frame") return stepInList(snapshot, stand, direction) ?? stand;
  if (stand.kind === "node") return stepFromNode(snapshot, stand, direction) ?? stand;
  const edge = snapshot.edges.find((candidate) => candidate.id === stand.id);
  if (!edge) return stand;
  if (direction === "right") return nodeFocus(edge.target);
  if (direction === "left") return nodeFocus(edge.source);
  return sibling(snapshot, edge, stand.end, direction === "down" ? 1 : -1);
}

function isGone({ byUid, frames, edges }: Snapshot, stand: Stand): boolean {
  if (stand.kind === "node") return !byUid.has(stand.uid);
  if (stand.kind === "frame") return !frames.some(({ uid }) => uid === stand.uid);
  return !edges.some((edge) => edge.id === stand.id);
}

type Listed = Exclude<Stand, { kind: "edge" }>;

function stepFromNode(snapshot: Snapshot, stand: Listed, direction: Direction): Stand | null {
  if (direction === "right") return edgeFocus(outOf(snapshot, stand.uid)[0], "source");
  if (direction === "left") return edgeFocus(into(snapshot, stand.uid)[0], "target");
  return stepInList(snapshot, stand, direction);
}

/** Up and down through the nodes in their order, then the frames in theirs. */
function stepInList(snapshot: Snapshot, { uid }: Listed, direction: Direction): Stand | null {
  const by = { up: -1, down: 1, left: 0, right: 0 }[direction];
  const index = [...snapshot.nodes, ...snapshot.frames].findIndex((candidate) => candidate.uid === uid);
  return inList(snapshot, index + by);
}

function inList({ nodes, frames }: Snapshot, index: number): Stand | null {
  const frame = frames[index - nodes.length];
  return frame ? { kind: "frame", uid: frame.uid } : nodeFocus(nodes[index]?.uid);
}

function sibling(snapshot: Snapshot, edge: EdgeView, end: "source" | "target", by: number): Focus {
  const siblings = end === "source" ? outOf(snapshot, edge.source) : into(snapshot, edge.target);
  const next = siblings[siblings.findIndex((candidate) => candidate.id === edge.id) + by] ?? edge;
  return { kind: "edge", id: next.id, end };
}

function outOf(snapshot: Snapshot, uid: string): EdgeView[] {
  return snapshot.edges.filter((edge) => edge.source === uid);
}

function into(snapshot: Snapshot, uid: string): EdgeView[] {
  return snapshot.edges.filter((edge) => edge.target === uid);
}

function nodeFocus(uid: string | undefined): Focus | null {
  return uid === undefined ? null : { kind: "node", uid };
}

function edgeFocus(edge: EdgeView | undefined, end: "source" | "target"): Focus | null {
  return edge ? { kind: "edge", id: edge.id, end } : null;
}
