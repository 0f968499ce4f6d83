/** Renaming a node, as one edit: whatever speaks of it speaks of it afterwards. */
import type * as Y from "yjs";
import type { GraphDocument } from "./graph-document";
import { refusalOfId } from "./identifiers";
import type { FunctionView, NodeView, Snapshot } from "./types";
import {
  type Fields,
  mapField,
  pointerTo,
  type Roots,
  readPointer,
  readPointers,
  textEntries,
  writePointers,
} from "./yjs-form";

/** Renames a node of the graph or of one of its functions, references and all; returns why not, or null when it is done. */
export function rename(document: GraphDocument, uid: string, id: string): string | null {
  const found = findNode(document.getSnapshot(), uid);
  if (!found) return "This node is gone.";
  if (found.node.id === id) return null;
  const refusal = refusalOfId(id);
  if (refusal) return refusal;
  if (found.nodes.some((other) => other.id === id))
    return `Another node is called “${id}”: choose a name of its own.`;
  if (found.owner?.inputs.includes(id)) return `An input of ${found.owner.name} is called “${id}” already.`;
  document.transact((roots) => {
    const owner = found.owner && (roots.functions.get(found.owner.uid) ?? null);
    const nodes = owner ? (mapField(owner, "nodes") as Y.Map<Fields> | null) : roots.nodes;
    const bind: Bind = (stored) => boundTo(found.node, stored);
    for (const fields of nodes?.values() ?? []) bindNode(fields, bind);
    if (owner) bindEach(mapField(owner, "outputs"), bind);
    else bindTrain(roots.train, bind);
    nodes?.get(uid)?.set("id", id);
  });
  return null;
}

interface Found {
  readonly node: NodeView;
  /** All that share its names. */
  readonly nodes: readonly NodeView[];
  /** The function it stands in; null at top level. */
  readonly owner: FunctionView | null;
}

function findNode({ byUid, nodes, functions }: Snapshot, uid: string): Found | null {
  const node = byUid.get(uid);
  if (node) return { node, nodes, owner: null };
  for (const owner of functions) {
    const inside = owner.nodes.find((candidate) => candidate.uid === uid);
    if (inside) return { node: inside, nodes: owner.nodes, owner };
  }
  return null;
}

/** Ties a stored reference to the node where it names it; other references stay as they are. */
type Bind = (stored: string) => string;

/** A reference that is stored as text but finds this node, so that it follows its new name. */
function boundTo({ uid, id }: NodeView, stored: string): string {
  const pointer = readPointer(stored);
  if (pointer.uid !== null) return stored;
  if (pointer.text === id) return pointerTo(uid, null);
  return pointer.text.startsWith(`${id}.`) ? pointerTo(uid, pointer.text.slice(id.length + 1)) : stored;
}

function bindNode(fields: Fields, bind: Bind): void {
  bindEach(mapField(fields, "inputs"), bind);
  bindAt(fields, "share", bind);
}

function bindTrain(train: Roots["train"], bind: Bind): void {
  bindAt(train, "loss", bind);
  bindEach(mapField(train, "metrics"), bind);
  const batch = mapField(train, "batch");
  if (batch) bindAt(batch, "of", bind);
  const validation = mapField(train, "validation");
  for (const [source, by] of textEntries(validation)) {
    const bound = bind(source);
    const text = by.startsWith("=") ? `=${bind(by.slice(1))}` : by;
    if (bound === source && text === by) continue;
    validation?.delete(source);
    validation?.set(bound, text);
  }
}

function bindEach(references: Fields | null, bind: Bind): void {
  for (const [key] of textEntries(references)) if (references) bindAt(references, key, bind);
}

function bindAt(fields: Fields, key: string, bind: Bind): void {
  const stored = fields.get(key);
  if (typeof stored !== "string") return;
  const { list, pointers } = readPointers(stored);
  const texts = pointers.map((pointer) => bind(pointer.text));
  const bound = list ? writePointers(texts) : (texts[0] ?? stored);
  if (texts.some((text, index) => text !== pointers[index]?.text)) fields.set(key, bound);
}
