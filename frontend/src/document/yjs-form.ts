/** Reads the Yjs form of a graph (docs/yjs-form.md): roots, pointers, literals. Knows nothing of views or the DOM. */
import * as Y from "yjs";
import { plainValue, readJson } from "./literal";

/** A node, frame, function or other record of the form. */
export type Fields = Y.Map<unknown>;

/** The five roots of the form. */
export interface Roots {
  readonly graph: Y.Map<string>;
  readonly nodes: Y.Map<Fields>;
  readonly functions: Y.Map<Fields>;
  readonly frames: Y.Map<Fields>;
  readonly train: Fields;
}

/** The roots of a document. */
export function rootsOf(doc: Y.Doc): Roots {
  return {
    graph: doc.getMap("graph"),
    nodes: doc.getMap("nodes"),
    functions: doc.getMap("functions"),
    frames: doc.getMap("frames"),
    train: doc.getMap("train"),
  };
}

/** A stored reference: to a node that exists (`uid`), or as it stands in the file (`text`). */
export interface Pointer {
  readonly uid: string | null;
  readonly output: string | null;
  readonly text: string;
}

/** Reads one stored reference. */
export function readPointer(stored: string): Pointer {
  if (!stored.startsWith("@")) return { uid: null, output: null, text: stored };
  const dot = stored.indexOf(".");
  if (dot < 0) return { uid: stored.slice(1), output: null, text: stored };
  return { uid: stored.slice(1, dot), output: stored.slice(dot + 1), text: stored };
}

/** Writes the reference to an output of a node; null is its first. */
export function pointerTo(uid: string, output: string | null): string {
  return output === null ? `@${uid}` : `@${uid}.${output}`;
}

/** Reads what stands at an argument of `inputs`: one pointer or a list of them. */
export function readPointers(stored: string): { list: boolean; pointers: readonly Pointer[] } {
  if (!stored.startsWith("[")) return { list: false, pointers: [readPointer(stored)] };
  const value = readJson(stored);
  const texts = Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  return { list: true, pointers: texts.map((text) => readPointer(text)) };
}

/** Writes a list of stored references. */
export function writePointers(pointers: readonly string[]): string {
  return `[${pointers.map((pointer) => JSON.stringify(pointer)).join(", ")}]`;
}

/** A field that holds plain text, "" where it is missing. */
export function textField(fields: Fields, key: string): string {
  const value = fields.get(key);
  return typeof value === "string" ? value : "";
}

/** A nested map, null where it is missing or something else stands there. */
export function mapField(fields: Fields, key: string): Fields | null {
  const value = fields.get(key);
  return value instanceof Y.Map ? (value as Fields) : null;
}

/** A nested map of a record, made where it is missing. */
export function ensureMap(fields: Fields, key: string): Fields {
  const found = mapField(fields, key);
  if (found) return found;
  const made: Fields = new Y.Map();
  fields.set(key, made);
  return made;
}

/** The texts of a map, sorted by key: the form does not store an order. */
export function textEntries(fields: Fields | null): [string, string][] {
  if (fields === null) return [];
  const entries: [string, string][] = [];
  for (const [key, value] of fields.entries()) if (typeof value === "string") entries.push([key, value]);
  return entries.sort((one, two) => compareText(one[0], two[0]));
}

/** Compares by code unit, as the server does. */
export function compareText(one: string, two: string): number {
  return one < two ? -1 : one > two ? 1 : 0;
}

/** The records of a root in order: by `order`, ties by uid. */
export function inOrder(root: Y.Map<Fields>): [string, Fields][] {
  const records: [string, Fields, string][] = [];
  for (const [uid, fields] of root.entries())
    if (fields instanceof Y.Map) records.push([uid, fields, textField(fields, "order")]);
  records.sort((one, two) => compareText(one[2], two[2]) || compareText(one[0], two[0]));
  return records.map(([uid, fields]) => [uid, fields]);
}

/** The pair of numbers a literal holds, or null. */
export function pairOf(literal: string | undefined): readonly [number, number] | null {
  const value = plainValue(literal);
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [x, y] = value as unknown[];
  return Number.isFinite(x) && Number.isFinite(y) ? [x as number, y as number] : null;
}

const UID_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A new random uid of 12 characters. */
export function newUid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => UID_CHARACTERS[byte % 62]).join("");
}
