/** How the keyboard walks through a graph: node → edge → node, and to siblings. Pure. */
import type { EdgeView, Snapshot } from "../document/types";
import type { Focus } from "./canvas-store";

/** The four directions. */
export type Direction = "left" | "right" | "up" | "down";

/** Where a step leads from `focus`; the same focus where there is nothing that way. */
export function step(snapshot: Snapshot, focus: Focus | null, direction: Direction): Focus | null {
  if (focus === null || isGone(snapshot, focus)) return nodeFocus(snapshot.nodes[0]?.uid);
  if (focus.kind === "node") return stepFromNode(snapshot, focus.uid, direction) ?? focus;
  const edge = snapshot.edges.find((candidate) => candidate.id === focus.id);
  if (!edge) return focus;
  if (direction === "right") return nodeFocus(edge.target);
  if (direction === "left") return nodeFocus(edge.source);
  return sibling(snapshot, edge, focus.end, direction === "down" ? 1 : -1);
}

/** Whether what had the focus is no more. */
export function isGone(snapshot: Snapshot, focus: Focus): boolean {
  if (focus.kind === "node") return !snapshot.byUid.has(focus.uid);
  return !snapshot.edges.some((edge) => edge.id === focus.id);
}

function stepFromNode(snapshot: Snapshot, uid: string, direction: Direction): Focus | null {
  if (direction === "right") return edgeFocus(outOf(snapshot, uid)[0], "source");
  if (direction === "left") return edgeFocus(into(snapshot, uid)[0], "target");
  const index = snapshot.nodes.findIndex((node) => node.uid === uid);
  return nodeFocus(snapshot.nodes[index + (direction === "down" ? 1 : -1)]?.uid);
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
