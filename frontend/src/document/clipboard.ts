/** Copies nodes as the text of a graph file and pastes such a text. Knows nothing of the browser's clipboard. */
import type { GraphDocument } from "./graph-document";
import { freeId, refusalOfId } from "./identifiers";
import { type Json, plainValue, readJson, writeJson } from "./literal";
import { makeNode, pairLiteral } from "./node-commands";
import { keysAfter } from "./order-keys";
import type { NodeView, Point, Snapshot } from "./types";
import { ensureMap, type Fields, newUid, pointerTo, writePointers } from "./yjs-form";

/** How far a paste lies from where its nodes were, where nothing tells of free room. */
const PASTE_OFFSET = 40;

/** These nodes as the text of a graph file; references to nodes outside of it stay as names. */
export function copy(snapshot: Snapshot, uids: ReadonlySet<string>): string {
  const lines = snapshot.nodes
    .filter((node) => uids.has(node.uid))
    .map((node) => `  ${JSON.stringify(node.id)}: ${nodeText(node)}`);
  return `{\n "gradcanvas": 1,\n "nodes": {\n${lines.join(",\n")}\n }\n}\n`;
}

/** A node as it stands in a graph file. */
export function nodeText(node: NodeView): string {
  const parts = new Map<string, string>();
  const put = (key: string, value: string | false | null): void => {
    if (value !== null && value !== false) parts.set(key, value);
  };
  put("op", asWritten(node.op));
  const inputs = node.inputs.map(({ argument, list, refs }) => {
    const texts = refs.map((ref) => asWritten(ref.text));
    return `${JSON.stringify(argument)}: ${list ? `[${texts.join(", ")}]` : (texts[0] ?? "null")}`;
  });
  put("inputs", inputs.length > 0 && `{${inputs.join(", ")}}`);
  const args = Array.from(node.args, ([name, literal]) => `${JSON.stringify(name)}: ${asLiteral(literal)}`);
  put("args", args.length > 0 && `{${args.join(", ")}}`);
  put("requires_grad", node.requiresGrad === null ? null : String(node.requiresGrad));
  put("mode", node.mode && JSON.stringify(node.mode));
  put("share", node.share && asWritten(node.share.text));
  put("label", node.label === null ? null : JSON.stringify(node.label));
  put("at", pairLiteral(node.at));
  put("size", node.size && pairLiteral(node.size));
  put("color", node.color === null ? null : JSON.stringify(node.color));
  put("collapsed", node.collapsed && "true");
  put("bypass", node.bypass && "true");
  for (const [key, literal] of node.other) put(key.replace(/^!(?=.)/, ""), literal.replace(/^!/, ""));
  return `{${inKeyOrder(parts)}}`;
}

/** Text as JSON; what stands with a leading `!` had another type in the file and is given back as it was. */
function asWritten(text: string): string {
  return text.startsWith("!") ? text.slice(1) : JSON.stringify(text);
}

/** A literal as it is; text that is none, as a careless hand leaves it, is given as a string. */
function asLiteral(literal: string): string {
  return readJson(literal) === undefined ? JSON.stringify(literal) : literal;
}

const KEY_ORDER = ["op", "inputs", "args", "requires_grad", "mode", "init", "group", "share", "label", "at"];

function inKeyOrder(parts: ReadonlyMap<string, string>): string {
  const known = KEY_ORDER.filter((key) => parts.has(key));
  const rest = Array.from(parts.keys()).filter((key) => !KEY_ORDER.includes(key));
  return [...known, ...rest].map((key) => `${JSON.stringify(key)}: ${parts.get(key)}`).join(", ");
}

/** A node that is about to be pasted: what the text calls it, and where it would lie. */
export interface Pasted {
  readonly id: string;
  readonly at: Point;
}

/** Says how far all of them are moved, so that they cover nothing. */
export type Settle = (nodes: readonly Pasted[]) => Point;

/** Pastes the nodes of a graph file's text in one step; returns their uids, or null where the text is none.

`at` is where their upper left corner goes (null: where they were), before `settle` moves them. References to nodes
outside of the text are kept only `withIncoming`, and only to nodes that are there. */
export function paste(
  document: GraphDocument,
  text: string,
  at: Point | null,
  withIncoming: boolean,
  settle: Settle = at === null ? beside : asTheyAre,
): readonly string[] | null {
  const records = readRecords(text);
  if (records === null) return null;
  const snapshot = document.getSnapshot();
  const given = new Map<string, { uid: string; id: string }>();
  const taken = new Set(snapshot.byId.keys());
  for (const id of records.keys()) {
    const fresh = freeId(refusalOfId(id) === null ? id : "node", (name) => taken.has(name));
    taken.add(fresh);
    given.set(id, { uid: newUid(), id: fresh });
  }
  const places = placesOf(records, at, settle);
  const orders = keysAfter(snapshot.nodes, records.size);
  const find = (reference: string): string | null => {
    const [id = "", output = null] = splitReference(reference);
    const inside = given.get(id)?.uid;
    if (inside !== undefined) return pointerTo(inside, output);
    const outside = withIncoming ? snapshot.byId.get(id)?.uid : undefined;
    return outside === undefined ? null : pointerTo(outside, output);
  };
  document.transact((roots) => {
    let index = 0;
    for (const [id, record] of records) {
      const names = given.get(id);
      if (!names) continue;
      const fields = makeNode(names.id, orders[index] ?? "z", typeof record.op === "string" ? record.op : "");
      index += 1;
      roots.nodes.set(names.uid, fields);
      fillNode(fields, record, find);
      fields.set("at", pairLiteral(places.get(id) ?? [0, 0]));
    }
  });
  return Array.from(given.values(), ({ uid }) => uid);
}

/** Copies nodes beside themselves, in one step. */
export function duplicate(
  document: GraphDocument,
  uids: ReadonlySet<string>,
  settle: Settle = beside,
): readonly string[] {
  return paste(document, copy(document.getSnapshot(), uids), null, false, settle) ?? [];
}

function beside(): Point {
  return [PASTE_OFFSET, PASTE_OFFSET];
}

function asTheyAre(): Point {
  return [0, 0];
}

type NodeRecord = { [key: string]: Json };

function readRecords(text: string): Map<string, NodeRecord> | null {
  const file = readJson(text);
  if (!isRecord(file) || !("gradcanvas" in file) || !isRecord(file.nodes)) return null;
  const records = new Map<string, NodeRecord>();
  for (const [id, node] of Object.entries(file.nodes)) if (isRecord(node)) records.set(id, node);
  return records.size > 0 ? records : null;
}

function fillNode(fields: Fields, record: NodeRecord, find: (reference: string) => string | null): void {
  if (isRecord(record.inputs)) fillInputs(ensureMap(fields, "inputs"), record.inputs, find);
  if (isRecord(record.args)) {
    const args = ensureMap(fields, "args");
    for (const [name, value] of Object.entries(record.args)) args.set(name, writeJson(value));
  }
  if (typeof record.share === "string") {
    const share = find(record.share);
    if (share !== null) fields.set("share", share);
  }
  for (const [key, value] of Object.entries(record))
    if (!STRUCTURE.has(key)) fields.set(key, writeJson(value));
}

const STRUCTURE = new Set(["op", "inputs", "args", "share", "at", "id", "order"]);

function fillInputs(inputs: Fields, record: NodeRecord, find: (reference: string) => string | null): void {
  for (const [argument, value] of Object.entries(record)) {
    if (Array.isArray(value)) {
      const found = value.map((item) => (typeof item === "string" ? find(item) : null));
      const kept = found.filter((pointer) => pointer !== null);
      if (kept.length > 0) inputs.set(argument, writePointers(kept));
    } else if (typeof value === "string") {
      const pointer = find(value);
      if (pointer !== null) inputs.set(argument, pointer);
    }
  }
}

function placesOf(
  records: ReadonlyMap<string, NodeRecord>,
  at: Point | null,
  settle: Settle,
): Map<string, Point> {
  const nodes = Array.from(records, ([id, record]) => ({ id, at: placeOf(record) }));
  const left = Math.min(...nodes.map((node) => node.at[0]));
  const top = Math.min(...nodes.map((node) => node.at[1]));
  const [x, y] = at ?? [left, top];
  const moved = nodes.map((node) => ({
    ...node,
    at: [node.at[0] + x - left, node.at[1] + y - top] as const,
  }));
  const [dx, dy] = settle(moved);
  return new Map(moved.map((node) => [node.id, [node.at[0] + dx, node.at[1] + dy]]));
}

function placeOf(record: NodeRecord): Point {
  const value = plainValue(record.at === undefined ? null : writeJson(record.at));
  if (!Array.isArray(value)) return [0, 0];
  const [x, y] = value as unknown[];
  return [typeof x === "number" ? x : 0, typeof y === "number" ? y : 0];
}

function splitReference(reference: string): [string, string | null] {
  const dot = reference.indexOf(".");
  return dot < 0 ? [reference, null] : [reference.slice(0, dot), reference.slice(dot + 1)];
}

function isRecord(value: Json | undefined): value is NodeRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value) && value.constructor === Object;
}
