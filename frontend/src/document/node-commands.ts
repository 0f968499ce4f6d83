/** Commands on nodes: add, remove, move, reorder, set fields. Each is one edit and one undo step. */
import * as Y from "yjs";
import type { GraphDocument } from "./graph-document";
import { proposeId } from "./identifiers";
import { keysAfter, placeBefore } from "./order-keys";
import type { Point } from "./types";
import { dropReferences } from "./wiring-commands";
import { ensureMap, type Fields, newUid } from "./yjs-form";

/** What a new node begins with; literals are canonical JSON text. */
export interface NewNode {
  readonly op: string;
  readonly at: Point;
  readonly id?: string;
  readonly args?: Readonly<Record<string, string>>;
  readonly fields?: Readonly<Record<string, string>>;
}

/** Adds a node after all others and returns its uid. */
export function addNode(document: GraphDocument, node: NewNode): string {
  const { byId, nodes } = document.getSnapshot();
  const uid = newUid();
  const id = node.id ?? proposeId(node.op, (name) => byId.has(name));
  const [order] = keysAfter(nodes, 1);
  document.transact((roots) => {
    const fields = makeNode(id, order ?? "a0", node.op);
    roots.nodes.set(uid, fields);
    const args = ensureMap(fields, "args");
    for (const [name, literal] of Object.entries(node.args ?? {})) args.set(name, literal);
    for (const [key, literal] of Object.entries(node.fields ?? {})) fields.set(key, literal);
    fields.set("at", pairLiteral(node.at));
  });
  return uid;
}

/** An empty node of the form. */
export function makeNode(id: string, order: string, op: string): Fields {
  const fields: Fields = new Y.Map();
  fields.set("id", id);
  fields.set("order", order);
  fields.set("op", op);
  fields.set("inputs", new Y.Map());
  fields.set("args", new Y.Map());
  return fields;
}

/** Removes nodes and every reference to them. */
export function removeNodes(document: GraphDocument, uids: Iterable<string>): void {
  const gone = new Set(uids);
  if (gone.size === 0) return;
  document.transact((roots) => {
    dropReferences(document, roots, gone);
    for (const uid of gone) roots.nodes.delete(uid);
  });
}

/** Moves nodes to new places; calls in a row with one `merge` key are one undo step. */
export function moveNodes(
  document: GraphDocument,
  places: ReadonlyMap<string, Point>,
  merge: string | null = null,
): void {
  document.transact((roots) => {
    for (const [uid, at] of places) roots.nodes.get(uid)?.set("at", pairLiteral(at));
  }, merge);
}

/** The nodes for which the file names no place: a file that a person writes need not. */
export function unplacedNodes(document: GraphDocument): ReadonlySet<string> {
  const found = new Set<string>();
  document.mend(({ nodes }) => {
    for (const [uid, fields] of nodes) if (!fields.has("at")) found.add(uid);
  });
  return found;
}

/** Gives places to nodes that had none; it is no step of undo. */
export function placeNodes(document: GraphDocument, places: ReadonlyMap<string, Point>): void {
  document.mend(({ nodes }) => {
    for (const [uid, at] of places) nodes.get(uid)?.set("at", pairLiteral(at));
  });
}

/** Sets (or with null removes) a field of nodes: `label`, `requires_grad`, `mode`, `bypass`, `color`, … */
export function setField(
  document: GraphDocument,
  uids: Iterable<string>,
  key: string,
  literal: string | null,
  merge: string | null = null,
): void {
  document.transact((roots) => {
    for (const uid of uids) {
      const fields = roots.nodes.get(uid);
      if (fields) setOrDelete(fields, key, literal);
      mendId(document, uid);
    }
  }, merge);
}

/** Sets (or with null removes) a typed argument; an edge that stood there is cut. */
export function setArgument(
  document: GraphDocument,
  uid: string,
  argument: string,
  literal: string | null,
  merge: string | null = null,
): void {
  document.transact((roots) => {
    const fields = roots.nodes.get(uid);
    if (!fields) return;
    setOrDelete(ensureMap(fields, "args"), argument, literal);
    if (literal !== null) ensureMap(fields, "inputs").delete(argument);
    mendId(document, uid);
  }, merge);
}

/** Puts nodes before another one (null: last) in the order of creation. */
export function reorder(document: GraphDocument, uids: readonly string[], before: string | null): void {
  const { nodes } = document.getSnapshot();
  const moving = new Set(uids);
  const moved = nodes.filter((node) => moving.has(node.uid)).map((node) => node.uid);
  document.transact((roots) => placeBefore(nodes, moved, before, (uid) => roots.nodes.get(uid)));
}

/** The literal of a point or size. */
export function pairLiteral([x, y]: Point): string {
  return `[${coordinate(x)}, ${coordinate(y)}]`;
}

function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100 || 0);
}

function setOrDelete(fields: Fields, key: string, literal: string | null): void {
  if (literal === null) fields.delete(key);
  else fields.set(key, literal);
}

/** Writes back the name a node is read by, where a merge gave two nodes one name. */
function mendId(document: GraphDocument, uid: string): void {
  const node = document.getSnapshot().byUid.get(uid);
  const fields = document.roots.nodes.get(uid);
  if (node && fields && node.id !== "" && fields.get("id") !== node.id) fields.set("id", node.id);
}
