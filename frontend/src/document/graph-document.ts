/** The document being edited: a Y.Doc with immutable snapshots, undo and updates. Knows nothing of sockets or the DOM. */
import * as Y from "yjs";
import { plainValue } from "./literal";
import {
  edgesInto,
  type Names,
  namesOf,
  readFrames,
  readFunctions,
  readInputs,
  readNode,
  readTrain,
  uniqueIds,
} from "./read-views";
import type { EdgeView, NodeView, Snapshot } from "./types";
import { type Fields, inOrder, type Roots, rootsOf, textEntries, textField } from "./yjs-form";

/** Origin of a person's edits: they are sent to the server and undone by Ctrl+Z. */
const LOCAL = "local";
/** Origin of what comes from the server. */
const REMOTE = "remote";
/** The origin of what the page mends by itself. */
const MEND = "mend";
/** Edits that carry the same merge key within this time are one undo step. */
const MERGE_WITHIN_MS = 1500;

/** What changed since the last snapshot. */
interface Changes {
  nodes: Set<string>;
  members: boolean;
  graph: boolean;
  train: boolean;
  functions: boolean;
  frames: boolean;
}

/** A graph that is edited here and elsewhere at the same time. */
export class GraphDocument {
  readonly doc = new Y.Doc();
  readonly roots: Roots = rootsOf(this.doc);
  private readonly undoManager: Y.UndoManager;
  private readonly listeners = new Set<() => void>();
  private readonly updateListeners = new Set<(update: Uint8Array) => void>();
  private changes: Changes = everything();
  private snapshot: Snapshot | null = null;
  private names: Names = namesOf(new Map());
  private stepKey: string | null = null;
  private steps = 0;
  private lastMerge: { key: string; at: number } | null = null;

  constructor() {
    const { graph, nodes, functions, frames, train } = this.roots;
    this.undoManager = new Y.UndoManager(
      [graph, nodes, functions, frames, train] as Y.AbstractType<unknown>[],
      {
        trackedOrigins: new Set([LOCAL]),
        captureTimeout: 0,
      },
    );
    nodes.observeDeep((events) => this.noteNodes(events));
    graph.observeDeep(() => this.note("graph"));
    train.observeDeep(() => this.note("train"));
    functions.observeDeep(() => this.note("functions"));
    frames.observeDeep(() => this.note("frames"));
    this.doc.on("afterTransaction", (transaction: Y.Transaction) => {
      if (transaction.changed.size > 0) this.tell();
    });
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== REMOTE) for (const listener of this.updateListeners) listener(update);
    });
  }

  /** The graph as it is now; what did not change is the same object as before. */
  getSnapshot = (): Snapshot => {
    if (this.snapshot === null || isChanged(this.changes)) this.snapshot = this.read();
    return this.snapshot;
  };

  /** Calls back after every change; returns how to stop. */
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Calls back with every update made here (undo too), to be sent; returns how to stop. */
  onUpdate(listener: (update: Uint8Array) => void): () => void {
    this.updateListeners.add(listener);
    return () => this.updateListeners.delete(listener);
  }

  /** One edit and one undo step; edits in a row that share a `merge` key are one step together. */
  transact<T>(change: (roots: Roots) => T, merge: string | null = null): T {
    if (this.doc._transaction !== null) return change(this.roots);
    const key = this.stepKey ?? merge;
    const now = Date.now();
    const last = this.lastMerge;
    const joins = key !== null && last !== null && last.key === key && now - last.at < MERGE_WITHIN_MS;
    this.undoManager.captureTimeout = joins ? Number.POSITIVE_INFINITY : 0;
    this.lastMerge = key === null ? null : { key, at: now };
    return this.doc.transact(() => change(this.roots), LOCAL);
  }

  /** An edit of the page's own, such as finding places for nodes that have none: undo does not take it back. */
  mend(change: (roots: Roots) => void): void {
    this.doc.transact(() => change(this.roots), MEND);
  }

  /** Several edits, each seen at once, that are one undo step. */
  asOneStep<T>(change: () => T): T {
    if (this.stepKey !== null) return change();
    this.steps += 1;
    this.stepKey = `step ${this.steps}`;
    try {
      return change();
    } finally {
      this.stepKey = null;
    }
  }

  /** Ends the present undo step: the next edit begins another even if it shares the merge key. */
  endStep(): void {
    this.lastMerge = null;
  }

  /** Takes an update from the server. */
  applyRemote(update: Uint8Array): void {
    Y.applyUpdate(this.doc, update, REMOTE);
  }

  /** What this copy holds, to ask the server for the rest. */
  stateVector(): Uint8Array {
    return Y.encodeStateVector(this.doc);
  }

  /** What this copy holds and the copy of that state vector does not. */
  updateSince(vector: Uint8Array): Uint8Array {
    return Y.encodeStateAsUpdate(this.doc, vector);
  }

  /** Takes back the last edit made here. */
  undo(): void {
    this.lastMerge = null;
    this.undoManager.undo();
  }

  /** Makes again what was taken back. */
  redo(): void {
    this.lastMerge = null;
    this.undoManager.redo();
  }

  /** Whether there is an edit to take back. */
  canUndo(): boolean {
    return this.undoManager.undoStack.length > 0;
  }

  /** Whether there is an edit to make again. */
  canRedo(): boolean {
    return this.undoManager.redoStack.length > 0;
  }

  private noteNodes(events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void {
    for (const event of events) {
      const uid = event.path[0];
      if (typeof uid === "string") this.noteNode(uid, event);
      else {
        this.changes.members = true;
        for (const key of event.changes.keys.keys()) this.changes.nodes.add(key);
      }
    }
  }

  private noteNode(uid: string, event: Y.YEvent<Y.AbstractType<unknown>>): void {
    this.changes.nodes.add(uid);
    if (event.path.length > 1) return;
    const keys = event.changes.keys;
    if (keys.has("id") || keys.has("order")) this.changes.members = true;
  }

  private note(part: "graph" | "train" | "functions" | "frames"): void {
    this.changes[part] = true;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  private read(): Snapshot {
    const { changes, roots } = this;
    const before = this.snapshot;
    this.changes = nothing();
    const renamed = changes.members || before === null;
    const records = renamed ? inOrder(roots.nodes) : before.nodes.map((node) => [node.uid, null] as const);
    if (renamed)
      this.names = namesOf(
        uniqueIds(records.map(([uid, fields]) => [uid, fields ? textField(fields, "id") : ""])),
      );
    const nodes = records.map(([uid, fields]) => this.readOne(uid, fields, changes, before, renamed));
    const same = before !== null && !renamed && changes.nodes.size === 0;
    return {
      ...this.readGraph(changes, before),
      ...(same
        ? { nodes: before.nodes, edges: before.edges, byUid: before.byUid, byId: before.byId }
        : this.index(nodes, before)),
      train: before && !changes.train && !renamed ? before.train : readTrain(roots.train, this.names),
      frames: before && !changes.frames ? before.frames : readFrames(roots.frames),
      functions: before && !changes.functions ? before.functions : readFunctions(roots.functions),
    };
  }

  private readOne(
    uid: string,
    fields: Fields | null,
    changes: Changes,
    before: Snapshot | null,
    renamed: boolean,
  ): NodeView {
    const old = before?.byUid.get(uid);
    if (old && !changes.nodes.has(uid)) {
      if (!renamed) return old;
      const id = this.names.ids.get(uid) ?? "";
      if (old.id === id && sameInputs(old, readInputs(this.fieldsOf(uid, fields), this.names))) return old;
    }
    const node = readNode(uid, this.names.ids.get(uid) ?? "", this.fieldsOf(uid, fields), this.names);
    return old && sameInputs(old, node.inputs) ? { ...node, inputs: old.inputs } : node;
  }

  private fieldsOf(uid: string, fields: Fields | null): Fields {
    return fields ?? this.roots.nodes.get(uid) ?? new Y.Map();
  }

  private index(
    nodes: NodeView[],
    before: Snapshot | null,
  ): Pick<Snapshot, "nodes" | "edges" | "byUid" | "byId"> {
    const edges: EdgeView[] = [];
    for (const node of nodes) {
      const old = before?.byUid.get(node.uid);
      const keep = old !== undefined && old.inputs === node.inputs && old.id === node.id;
      for (const edge of keep ? this.edgesOf(old) : this.edgesOf(node)) edges.push(edge);
      if (keep) this.edgeCache.set(node, this.edgesOf(old));
    }
    const unchanged = before !== null && sameItems(edges, before.edges);
    return {
      nodes,
      edges: unchanged ? before.edges : edges,
      byUid: new Map(nodes.map((node) => [node.uid, node])),
      byId: new Map(nodes.map((node) => [node.id, node])),
    };
  }

  private readonly edgeCache = new WeakMap<NodeView, readonly EdgeView[]>();

  private edgesOf(node: NodeView): readonly EdgeView[] {
    const found = this.edgeCache.get(node);
    if (found) return found;
    const made = edgesInto(node);
    this.edgeCache.set(node, made);
    return made;
  }

  private readGraph(
    changes: Changes,
    before: Snapshot | null,
  ): Pick<Snapshot, "title" | "notes" | "seed" | "device" | "other"> {
    if (before && !changes.graph) {
      const { title, notes, seed, device, other } = before;
      return { title, notes, seed, device, other };
    }
    const { graph } = this.roots;
    const text = (key: string, absent: string): string => {
      const value = plainValue(graph.get(key));
      return typeof value === "string" ? value : absent;
    };
    const known = new Set(["title", "notes", "seed", "device"]);
    return {
      title: text("title", ""),
      notes: text("notes", ""),
      seed: graph.get("seed") ?? null,
      device: text("device", "auto"),
      other: new Map(textEntries(graph as Fields).filter(([key]) => !known.has(key))),
    };
  }
}

function everything(): Changes {
  return { nodes: new Set(), members: true, graph: true, train: true, functions: true, frames: true };
}

function nothing(): Changes {
  return { nodes: new Set(), members: false, graph: false, train: false, functions: false, frames: false };
}

function isChanged(changes: Changes): boolean {
  const { nodes, members, graph, train, functions, frames } = changes;
  return nodes.size > 0 || members || graph || train || functions || frames;
}

function sameItems<T>(one: readonly T[], two: readonly T[]): boolean {
  return one.length === two.length && one.every((item, index) => item === two[index]);
}

function sameInputs(old: NodeView, inputs: NodeView["inputs"]): boolean {
  if (old.inputs.length !== inputs.length) return false;
  return old.inputs.every((input, index) => {
    const now = inputs[index];
    if (!now || now.argument !== input.argument || now.list !== input.list) return false;
    if (now.refs.length !== input.refs.length) return false;
    return input.refs.every((ref, at) => {
      const other = now.refs[at];
      return (
        other !== undefined && other.uid === ref.uid && other.output === ref.output && other.text === ref.text
      );
    });
  });
}
