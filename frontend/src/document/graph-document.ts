/** The document being edited: a Y.Doc with immutable snapshots, undo and updates. Knows nothing of sockets or the DOM. */
import * as Y from "yjs";
import { SnapshotReader } from "./snapshot-reader";
import type { Snapshot } from "./types";
import { type Roots, rootsOf } from "./yjs-form";

/** Origin of a person's edits: they are sent to the server and undone by Ctrl+Z. */
const LOCAL = "local";
/** Origin of what comes from the server. */
const REMOTE = "remote";
/** The origin of what the page mends by itself. */
const MEND = "mend";
/** Edits that carry the same merge key within this time are one undo step. */
const MERGE_WITHIN_MS = 1500;

/** A graph that is edited here and elsewhere at the same time. */
export class GraphDocument {
  readonly doc = new Y.Doc();
  readonly roots: Roots = rootsOf(this.doc);
  private readonly reader = new SnapshotReader(this.roots);
  private readonly undoManager: Y.UndoManager;
  private readonly soonListeners = new Set<() => void>();
  private isTellingSoon = false;
  private readonly updateListeners = new Set<(update: Uint8Array) => void>();
  private stepKey: string | null = null;
  private steps = 0;
  private lastMerge: { key: string; at: number } | null = null;
  /** The key of a step that stays open however long it takes. */
  private openKey: string | null = null;

  constructor() {
    const { graph, nodes, functions, frames, train } = this.roots;
    this.undoManager = new Y.UndoManager(
      [graph, nodes, functions, frames, train] as Y.AbstractType<unknown>[],
      {
        trackedOrigins: new Set([LOCAL]),
        captureTimeout: 0,
      },
    );
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== REMOTE) for (const listener of this.updateListeners) listener(update);
      this.tellSoon();
    });
  }

  /** The graph as it is now; what did not change is the same object as before. */
  getSnapshot = (): Snapshot => this.reader.newest();

  /** Calls back when what changes now is done and on its way, once for all of it; returns how to stop. */
  subscribeSoon = (listener: () => void): (() => void) => {
    this.soonListeners.add(listener);
    return () => this.soonListeners.delete(listener);
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
    const inTime = key === this.openKey || now - (last?.at ?? 0) < MERGE_WITHIN_MS;
    const joins = key !== null && last?.key === key && inTime;
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

  /** Begins an undo step that all edits with this merge key join until it ends, as long as no other comes between. */
  beginStep(key: string): void {
    this.lastMerge = null;
    this.openKey = key;
  }

  /** Ends the present undo step: the next edit begins another even if it shares the merge key. */
  endStep(): void {
    this.lastMerge = null;
    this.openKey = null;
  }

  /** Takes back the edits that share this merge key; false where they are not the last that were made. */
  undoStep(key: string): boolean {
    if (this.lastMerge?.key !== key) return false;
    this.undo();
    return true;
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
    this.endStep();
    this.undoManager.undo();
  }

  /** Makes again what was taken back. */
  redo(): void {
    this.endStep();
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

  private tellSoon(): void {
    if (this.isTellingSoon) return;
    this.isTellingSoon = true;
    queueMicrotask(() => {
      this.isTellingSoon = false;
      for (const listener of this.soonListeners) listener();
    });
  }
}
