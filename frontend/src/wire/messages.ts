/** The JSON messages between page and server, as docs/wire.md has them. */

/** A problem of a document: `where` is a JSON pointer into the file. */
export interface Problem {
  readonly where: string;
  readonly code: string;
  readonly message: string;
  readonly help: string;
}

/** A refusal. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly help: string;
}

/** How a tensor's small picture lies in a frame's picture block; `offset` counts bytes. */
export interface Picture {
  readonly kind: "number" | "strip" | "heat" | "histogram";
  readonly rows: number;
  readonly columns: number;
  readonly offset: number;
}

/** An output of a node that ran, or a module's parameter (`node.weight`). */
export interface OutputRow {
  readonly ref: string;
  readonly node: string;
  readonly output: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly requires_grad: boolean;
  readonly leaf: boolean;
  readonly grad_fn: string | null;
  readonly picture: Picture | null;
  readonly gradient_picture: Picture | null;
  readonly bytes: number;
}

/** An edge: `from` is a reference, `why` says why there is no gradient. */
export interface EdgeRow {
  readonly edge: string;
  readonly from: string;
  readonly why: string | null;
}

/** What can be shown, sent when it changes. */
export interface Layout {
  readonly layout: number;
  readonly edit: number;
  readonly problems: readonly Problem[];
  readonly outputs: readonly OutputRow[];
  readonly edges: readonly EdgeRow[];
  readonly leaves: readonly string[];
  readonly parameters: readonly { readonly ref: string; readonly shape: readonly number[] }[];
  readonly loss: string | null;
}

export type RunState = "starting" | "idle" | "running" | "paused" | "failed" | "lost";

/** Where a run stands. */
export interface Status {
  readonly state: RunState;
  readonly step: number;
  readonly of: number;
  readonly loss: number | null;
  readonly device: string;
  readonly torch: string;
  readonly run: number;
  readonly dirty: boolean;
  readonly problem: Problem | null;
}

/** Something to be announced. */
export interface Notice {
  readonly level: "info" | "warning" | "error";
  readonly code: string;
  readonly message: string;
  readonly help: string;
}

export type Verb = "forward" | "backward" | "update" | "zero" | "step" | "train" | "pause" | "stop" | "reset";

/** What the worker can be asked. */
export type Query =
  | { readonly what: "tensor"; readonly ref: string; readonly part: "value" | "gradient" | "deposit" }
  | { readonly what: "edge"; readonly edge: string }
  | { readonly what: "code" }
  | { readonly what: "autograd" }
  | { readonly what: "ledger"; readonly ref: string };
