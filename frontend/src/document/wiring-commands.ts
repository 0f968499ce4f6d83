/** Commands on edges: connect, cut, and dropping every reference to a node. */
import type { GraphDocument } from "./graph-document";
import type { EdgeView } from "./types";
import {
  ensureMap,
  type Fields,
  mapField,
  pointerTo,
  type Roots,
  readPointer,
  readPointers,
  textEntries,
  writePointers,
} from "./yjs-form";

/** A wire that is to be drawn. `list` tells that the argument takes a list of tensors. */
export interface Connection {
  readonly source: string;
  /** Null for the first output. */
  readonly output: string | null;
  readonly target: string;
  readonly argument: string;
  readonly list: boolean;
  /** In a list: the entry to replace; absent or null appends. */
  readonly index?: number | null;
}

/** Draws an edge: replaces what stood at the argument (a literal too), or appends to a list. */
export function connect(document: GraphDocument, wire: Connection): void {
  document.transact((roots) => {
    const fields = roots.nodes.get(wire.target);
    if (!fields || !roots.nodes.has(wire.source)) return;
    const inputs = ensureMap(fields, "inputs");
    const pointer = pointerTo(wire.source, wire.output);
    inputs.set(wire.argument, wire.list ? inList(inputs, wire, pointer) : pointer);
    ensureMap(fields, "args").delete(wire.argument);
  });
}

/** Cuts an edge; the other tensors of a list move up. */
export function cutEdge(document: GraphDocument, edge: EdgeView): void {
  cutEdges(document, [edge]);
}

/** Cuts several edges in one step. */
export function cutEdges(document: GraphDocument, edges: readonly EdgeView[]): void {
  document.transact((roots) => {
    const highestFirst = [...edges].sort((one, two) => (two.index ?? 0) - (one.index ?? 0));
    for (const edge of highestFirst) {
      const fields = roots.nodes.get(edge.target);
      if (!fields) continue;
      const inputs = ensureMap(fields, "inputs");
      keep(inputs, edge.argument, (_, index) => edge.index !== null && index !== edge.index);
    }
  });
}

/** Moves an edge's end to another argument, in one step. */
export function rewire(document: GraphDocument, edge: EdgeView, wire: Connection): void {
  document.transact(() => {
    cutEdge(document, edge);
    connect(document, { ...wire, index: indexAfterCut(edge, wire) });
  });
}

/** Where the entry that a wire replaces stands when an edge of the same list is gone. */
function indexAfterCut(edge: EdgeView, { target, argument, index }: Connection): number | null {
  const at = index ?? null;
  const sameList = edge.target === target && edge.argument === argument;
  return at !== null && sameList && edge.index !== null && edge.index < at ? at - 1 : at;
}

/** Removes every reference to these nodes from others and from the training loop. Part of a transaction. */
export function dropReferences(document: GraphDocument, roots: Roots, gone: ReadonlySet<string>): void {
  const stays = (uid: string | null): boolean => uid === null || !gone.has(uid);
  const { edges, nodes } = document.getSnapshot();
  const touched = new Map<string, Set<string>>();
  for (const edge of edges) {
    if (!gone.has(edge.source) || gone.has(edge.target)) continue;
    touched.set(edge.target, (touched.get(edge.target) ?? new Set()).add(edge.argument));
  }
  for (const [target, names] of touched) {
    const inputs = mapField(roots.nodes.get(target) as Fields, "inputs");
    if (inputs) for (const name of names) keep(inputs, name, (uid) => stays(uid));
  }
  for (const node of nodes)
    if (node.share?.uid && gone.has(node.share.uid) && !gone.has(node.uid))
      roots.nodes.get(node.uid)?.delete("share");
  dropFromTrain(roots.train, stays);
}

function dropFromTrain(train: Fields, stays: (uid: string | null) => boolean): void {
  keep(train, "loss", stays);
  const metrics = mapField(train, "metrics");
  for (const [name] of textEntries(metrics)) if (metrics) keep(metrics, name, stays);
  const batch = mapField(train, "batch");
  if (batch) keep(batch, "of", stays);
  const validation = mapField(train, "validation");
  for (const [pointer, by] of textEntries(validation))
    if (!stays(readPointer(pointer).uid) || (by.startsWith("=") && !stays(readPointer(by.slice(1)).uid)))
      validation?.delete(pointer);
}

/** Keeps the references at a key that pass, and removes the key where none is left. */
function keep(fields: Fields, key: string, passes: (uid: string | null, index: number) => boolean): void {
  const stored = fields.get(key);
  if (typeof stored !== "string") return;
  const { list, pointers } = readPointers(stored);
  const kept = pointers.filter((pointer, index) => passes(pointer.uid, index));
  if (kept.length === pointers.length) return;
  if (kept.length === 0) fields.delete(key);
  else if (list) fields.set(key, writePointers(kept.map((pointer) => pointer.text)));
}

function inList(inputs: Fields, wire: Connection, pointer: string): string {
  const stored = inputs.get(wire.argument);
  const entries = typeof stored === "string" ? readPointers(stored).pointers.map((entry) => entry.text) : [];
  if (wire.index === undefined || wire.index === null || wire.index >= entries.length) entries.push(pointer);
  else entries[wire.index] = pointer;
  return writePointers(entries);
}
