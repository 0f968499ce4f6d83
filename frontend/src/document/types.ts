/** What the rest of the page sees of a graph: immutable views of the Yjs form. Knows nothing of Yjs or the DOM. */

/** One reference: `uid` is null where no node stands behind it, `text` is what a reader of the file sees. */
export interface ReferenceView {
  readonly uid: string | null;
  readonly output: string | null;
  readonly text: string;
}

/** One wired argument; `list` tells a list of tensors from a single one. */
export interface InputView {
  readonly argument: string;
  readonly list: boolean;
  readonly refs: readonly ReferenceView[];
}

/** A node as it is read: literals are canonical JSON text, so that numbers stay as they were written. */
export interface NodeView {
  readonly uid: string;
  /** Unique within the graph: where two nodes share one after a merge, the later is read as `id_2`. */
  readonly id: string;
  readonly op: string;
  readonly label: string | null;
  readonly inputs: readonly InputView[];
  readonly args: ReadonlyMap<string, string>;
  /** Null where it is absent or names single parameters of a module (then it stands in `other`). */
  readonly requiresGrad: boolean | null;
  readonly mode: "train" | "eval" | null;
  readonly at: readonly [number, number];
  readonly size: readonly [number, number] | null;
  readonly color: string | null;
  readonly collapsed: boolean;
  readonly bypass: boolean;
  readonly share: ReferenceView | null;
  readonly order: string;
  /** Every other key and every key whose value has the wrong type, as literal text. */
  readonly other: ReadonlyMap<string, string>;
}

/** An edge: `id` is `target.argument`, and `target.argument.k` for the k-th tensor of a list. */
export interface EdgeView {
  readonly id: string;
  readonly source: string;
  readonly output: string | null;
  readonly target: string;
  readonly argument: string;
  readonly index: number | null;
}

/** A function of the graph, a graph inside the graph. */
export interface FunctionView {
  readonly uid: string;
  readonly name: string;
  readonly order: string;
  readonly inputs: readonly string[];
  readonly nodes: readonly NodeView[];
  readonly outputs: ReadonlyMap<string, ReferenceView>;
}

/** A box drawn behind nodes. */
export interface FrameView {
  readonly uid: string;
  readonly order: string;
  readonly title: string;
  readonly at: readonly [number, number];
  readonly size: readonly [number, number];
  readonly color: string | null;
}

/** An optimizer or a scheduler: its op and its arguments. */
export interface CallView {
  readonly op: string;
  readonly args: ReadonlyMap<string, string>;
  readonly other: ReadonlyMap<string, string>;
}

/** How sources are cut into mini-batches. */
export interface BatchView {
  /** As it is written. */
  readonly size: string | null;
  readonly of: readonly ReferenceView[];
  readonly shuffle: boolean;
}

/** What stands in the place of a source in validation: another source, or a literal. */
export interface ReplacementView {
  readonly source: ReferenceView;
  readonly by: ReferenceView | null;
}

/** How gradients are limited before an update; the limit as it is written. */
export interface ClipView {
  readonly by: "norm" | "value";
  readonly limit: string;
}

/** What the training loop does. */
export interface TrainView {
  readonly present: boolean;
  readonly loss: ReferenceView | null;
  readonly steps: string | null;
  readonly optimizer: CallView | null;
  readonly scheduler: CallView | null;
  readonly metrics: ReadonlyMap<string, ReferenceView>;
  readonly clip: ClipView | null;
  /** Null where a step takes all rows. */
  readonly batch: BatchView | null;
  readonly validation: readonly ReplacementView[];
  /** `clip`, `batch`, `validation` and unknown keys, as the file's own JSON text. */
  readonly other: ReadonlyMap<string, string>;
}

/** The whole graph at one moment; parts that did not change are the same objects as in the snapshot before. */
export interface Snapshot {
  /** In order of creation, which is the order of the file. */
  readonly nodes: readonly NodeView[];
  readonly edges: readonly EdgeView[];
  readonly byUid: ReadonlyMap<string, NodeView>;
  readonly byId: ReadonlyMap<string, NodeView>;
  readonly title: string;
  readonly notes: string;
  /** As written; null where the file has none (then it is 0). */
  readonly seed: string | null;
  readonly device: string;
  readonly train: TrainView;
  readonly frames: readonly FrameView[];
  readonly functions: readonly FunctionView[];
  /** Unknown top-level keys, `gradcanvas` and `state`, as literal text. */
  readonly other: ReadonlyMap<string, string>;
}

/** A place on the canvas, in the graph's own units. */
export type Point = readonly [number, number];
