/** Makes views (document/types) of single records of the Yjs form. Knows nothing of when they change. */
import { isNumber, plainValue, readJson, writeJson } from "./literal";
import type {
  BatchView,
  CallView,
  ClipView,
  EdgeView,
  FrameView,
  FunctionView,
  InputView,
  NodeView,
  ReferenceView,
  TrainView,
} from "./types";
import {
  type Fields,
  inOrder,
  mapField,
  type Pointer,
  pairOf,
  type Roots,
  readPointer,
  readPointers,
  textEntries,
  textField,
} from "./yjs-form";

/** How names are found: uid → id, and id → uid for references stored as text. */
export interface Names {
  readonly ids: ReadonlyMap<string, string>;
  readonly uids: ReadonlyMap<string, string>;
}

/** A pointer as a reader of the file sees it. */
export function resolve(pointer: Pointer, names: Names): ReferenceView {
  if (pointer.uid !== null) {
    const id = names.ids.get(pointer.uid);
    const { output } = pointer;
    if (id !== undefined) return { uid: pointer.uid, output, text: output === null ? id : `${id}.${output}` };
    return { uid: null, output, text: pointer.text };
  }
  const dot = pointer.text.indexOf(".");
  const id = dot < 0 ? pointer.text : pointer.text.slice(0, dot);
  const uid = names.uids.get(id) ?? null;
  return { uid, output: uid !== null && dot >= 0 ? pointer.text.slice(dot + 1) : null, text: pointer.text };
}

/** The wired arguments of a node, sorted by name. */
export function readInputs(fields: Fields, names: Names): InputView[] {
  return textEntries(mapField(fields, "inputs")).map(([argument, stored]) => {
    const { list, pointers } = readPointers(stored);
    return { argument, list, refs: pointers.map((pointer) => resolve(pointer, names)) };
  });
}

/** Keys of a node that are not literals. */
const STRUCTURE = new Set(["id", "order", "op", "inputs", "args", "share"]);

/** A node; `id` is its name after equal ones were told apart. */
export function readNode(uid: string, id: string, fields: Fields, names: Names): NodeView {
  const other = new Map(textEntries(fields).filter(([key]) => !STRUCTURE.has(key)));
  const take = <T>(key: string, fits: (value: unknown) => value is T): T | null => {
    const value = plainValue(other.get(key));
    if (!fits(value)) return null;
    other.delete(key);
    return value;
  };
  const pair = (key: string): readonly [number, number] | null => {
    const value = pairOf(other.get(key));
    if (value) other.delete(key);
    return value;
  };
  const share = fields.get("share");
  return {
    uid,
    id,
    op: textField(fields, "op"),
    label: take("label", isString),
    inputs: readInputs(fields, names),
    args: new Map(textEntries(mapField(fields, "args"))),
    requiresGrad: take("requires_grad", isBoolean),
    mode: take("mode", isMode),
    at: pair("at") ?? [0, 0],
    size: pair("size"),
    color: take("color", isString),
    collapsed: take("collapsed", isBoolean) ?? false,
    bypass: take("bypass", isBoolean) ?? false,
    share: typeof share === "string" ? resolve(readPointer(share), names) : null,
    order: textField(fields, "order"),
    other,
  };
}

/** The edges into a node. */
export function edgesInto(node: NodeView): EdgeView[] {
  const edges: EdgeView[] = [];
  for (const { argument, list, refs } of node.inputs)
    refs.forEach((ref, index) => {
      if (ref.uid === null) return;
      edges.push({
        id: list ? `${node.id}.${argument}.${index}` : `${node.id}.${argument}`,
        source: ref.uid,
        output: ref.output,
        target: node.uid,
        argument,
        index: list ? index : null,
      });
    });
  return edges;
}

/** What the training loop does. */
export function readTrain(train: Fields, names: Names): TrainView {
  const other = new Map<string, string>();
  for (const [key, literal] of textEntries(train)) if (!TRAIN_FIELDS.has(key)) other.set(key, literal);
  const batch = mapField(train, "batch");
  if (batch) other.set("batch", batchText(batch, names));
  const validation = mapField(train, "validation");
  if (validation) other.set("validation", validationText(validation, names));
  const loss = train.get("loss");
  const steps = train.get("steps");
  const metrics = textEntries(mapField(train, "metrics"));
  return {
    present: train.size > 0,
    // What stands with a leading `!` is no reference: a problem says so.
    loss: typeof loss === "string" && !loss.startsWith("!") ? resolve(readPointer(loss), names) : null,
    steps: typeof steps === "string" ? steps : null,
    optimizer: readCall(mapField(train, "optimizer")),
    scheduler: readCall(mapField(train, "scheduler")),
    metrics: new Map(metrics.map(([name, stored]) => [name, resolve(readPointer(stored), names)])),
    clip: readClip(other.get("clip")),
    batch: batch ? readBatch(batch, names) : null,
    validation: textEntries(validation).map(([pointer, stored]) => ({
      source: resolve(readPointer(pointer), names),
      by: stored.startsWith("=") ? resolve(readPointer(stored.slice(1)), names) : null,
    })),
    other,
  };
}

const TRAIN_FIELDS = new Set(["loss", "steps", "present"]);

function readCall(fields: Fields | null): CallView | null {
  if (fields === null) return null;
  const other = new Map(textEntries(fields).filter(([key]) => key !== "op"));
  return { op: textField(fields, "op"), args: new Map(textEntries(mapField(fields, "args"))), other };
}

function readClip(literal: string | undefined): ClipView | null {
  const value = literal === undefined ? undefined : readJson(literal);
  if (value === null || typeof value !== "object" || Array.isArray(value) || isNumber(value)) return null;
  for (const by of ["norm", "value"] as const) {
    const limit = value[by];
    if (limit !== undefined) return { by, limit: writeJson(limit) };
  }
  return null;
}

function readBatch(batch: Fields, names: Names): BatchView {
  const of = batch.get("of");
  const size = batch.get("size");
  return {
    size: typeof size === "string" ? size : null,
    of: typeof of === "string" ? readPointers(of).pointers.map((pointer) => resolve(pointer, names)) : [],
    shuffle: batch.get("shuffle") === "true",
  };
}

function batchText(batch: Fields, names: Names): string {
  const parts = textEntries(batch).map(([key, stored]) => {
    if (key !== "of" || !stored.startsWith("[")) return `${JSON.stringify(key)}: ${stored}`;
    const texts = readPointers(stored).pointers.map((pointer) => resolve(pointer, names).text);
    return `"of": ${writeJson(texts)}`;
  });
  return `{${parts.join(", ")}}`;
}

function validationText(validation: Fields, names: Names): string {
  const parts = textEntries(validation).map(([pointer, stored]) => {
    const key = JSON.stringify(resolve(readPointer(pointer), names).text);
    if (!stored.startsWith("=")) return `${key}: ${stored}`;
    return `${key}: ${JSON.stringify(resolve(readPointer(stored.slice(1)), names).text)}`;
  });
  return `{${parts.join(", ")}}`;
}

/** The boxes behind the nodes, in order. */
export function readFrames(frames: Roots["frames"]): FrameView[] {
  return inOrder(frames).map(([uid, fields]) => ({
    uid,
    order: textField(fields, "order"),
    title: asString(plainValue(textField(fields, "title"))) ?? "",
    at: pairOf(textField(fields, "at")) ?? [0, 0],
    size: pairOf(textField(fields, "size")) ?? [240, 160],
    color: asString(plainValue(textField(fields, "color"))),
  }));
}

/** The functions of the graph, in order; where two share a name after a merge, the later is read as `name_2`. */
export function readFunctions(functions: Roots["functions"]): FunctionView[] {
  const records = inOrder(functions);
  const names = uniqueIds(records.map(([uid, fields]) => [uid, textField(fields, "name")]));
  return records.map(([uid, fields]) => readFunction(uid, names.get(uid) ?? "", fields));
}

function readFunction(uid: string, name: string, fields: Fields): FunctionView {
  const nodes = mapField(fields, "nodes") as Roots["nodes"] | null;
  const records = nodes ? inOrder(nodes) : [];
  const names = namesOf(uniqueIds(records.map(([uid, node]) => [uid, textField(node, "id")])));
  const inputs = plainValue(textField(fields, "inputs"));
  const outputs = textEntries(mapField(fields, "outputs"));
  return {
    uid,
    name,
    order: textField(fields, "order"),
    inputs: Array.isArray(inputs) ? inputs.filter(isString) : [],
    nodes: records.map(([uid, node]) => readNode(uid, names.ids.get(uid) ?? "", node, names)),
    outputs: new Map(outputs.map(([name, stored]) => [name, resolve(readPointer(stored), names)])),
  };
}

/** Gives every record a name of its own: of equal ones the later is read as `id_2`, `id_3`, … */
export function uniqueIds(records: readonly (readonly [string, string])[]): Map<string, string> {
  const taken = new Set(records.map(([, id]) => id));
  const given = new Set<string>();
  const ids = new Map<string, string>();
  for (const [uid, id] of records) {
    const name = given.has(id) ? freeName(id, (candidate) => taken.has(candidate)) : id;
    given.add(name);
    taken.add(name);
    ids.set(uid, name);
  }
  return ids;
}

/** The first of `id_2`, `id_3`, … that is free. */
export function freeName(id: string, isTaken: (name: string) => boolean): string {
  let number = 2;
  while (isTaken(`${id}_${number}`)) number += 1;
  return `${id}_${number}`;
}

/** Both directions of uid → id. */
export function namesOf(ids: ReadonlyMap<string, string>): Names {
  return { ids, uids: new Map(Array.from(ids, ([uid, id]) => [id, uid])) };
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function isMode(value: unknown): value is "train" | "eval" {
  return value === "train" || value === "eval";
}

function asString(value: unknown): string | null {
  return isString(value) ? value : null;
}
