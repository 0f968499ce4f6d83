/** Reads snapshots of a graph, each time only what has changed: the rest are the same objects as before. */
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
import { type Fields, inOrder, type Roots, textEntries, textField } from "./yjs-form";

/** What changed since the last snapshot. */
interface Changes {
  nodes: Set<string>;
  members: boolean;
  graph: boolean;
  train: boolean;
  functions: boolean;
  frames: boolean;
}

/** Notes what changes in a graph, and reads it when it is asked for. */
export class SnapshotReader {
  private changes: Changes = everything();
  private snapshot: Snapshot | null = null;
  private names: Names = namesOf(new Map());
  private readonly edgeCache = new WeakMap<NodeView, readonly EdgeView[]>();

  constructor(private readonly roots: Roots) {
    const { graph, nodes, functions, frames, train } = roots;
    nodes.observeDeep((events) => this.noteNodes(events));
    graph.observeDeep(() => this.note("graph"));
    train.observeDeep(() => this.note("train"));
    functions.observeDeep(() => this.note("functions"));
    frames.observeDeep(() => this.note("frames"));
  }

  /** The graph as it is now. */
  newest(): Snapshot {
    if (this.snapshot === null || isChanged(this.changes)) this.snapshot = this.read();
    return this.snapshot;
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
