/** What is told of an operation when somebody looks at it, as `server/gradcanvas/catalog/prose.py` and
`documentation.py` make it. Knows nothing of how it is fetched or drawn. */

/** A piece of running text. A link is shown and leads nowhere: `to` is only said. */
export type Inline =
  | string
  | { readonly kind: "code" | "math"; readonly text: string }
  | { readonly kind: "emphasis" | "strong"; readonly text: readonly Inline[] }
  | { readonly kind: "link"; readonly text: readonly Inline[]; readonly to: string };

/** A part of a docstring. */
export type Block =
  | { readonly kind: "paragraph"; readonly text: readonly Inline[] }
  | { readonly kind: "section"; readonly title: string; readonly blocks: readonly Block[] }
  | {
      readonly kind: "entry";
      readonly name: string;
      readonly type: string;
      readonly blocks: readonly Block[];
    }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: "definition"; readonly term: readonly Inline[]; readonly blocks: readonly Block[] }
  | {
      readonly kind: "note";
      readonly tone: "note" | "warning";
      readonly title: string;
      readonly blocks: readonly Block[];
    }
  | { readonly kind: "quote"; readonly blocks: readonly Block[] }
  | {
      readonly kind: "table";
      /** How many of the rows are headings. */
      readonly head: number;
      readonly rows: readonly (readonly (readonly Block[])[])[];
    }
  | { readonly kind: "code" | "math"; readonly text: string };

/** The gradient of one or several arguments, in LaTeX with the commands of `catalog/typesetting.py`. */
export interface Equation {
  readonly left: string;
  readonly right: string;
  /** Where an argument is broadcast, its gradient is the sum of the right side over those dimensions. */
  readonly elementwise: boolean;
  /** The right side needs brackets if a sum is taken of it. */
  readonly is_sum: boolean;
  /** In which case it is that; "" where it always is. */
  readonly holds: string;
}

/** One row of torch's table. */
export interface Formula {
  readonly arguments: readonly string[];
  /** As torch has it; null where there is no derivative. */
  readonly formula: string | null;
  readonly equations: readonly Equation[];
}

/** The gradients of one of torch's operators. */
export interface Derivative {
  readonly of: string;
  /** What its `grad_fn` is called. */
  readonly function: string;
  readonly formulas: readonly Formula[];
}

/** Everything that is told of one operation. */
export interface OperationPage {
  readonly operation: string;
  readonly blocks: readonly Block[];
  /** Operations that it refers to. */
  readonly see: readonly string[];
  /** It says hardly more than where to look. */
  readonly only_refers: boolean;
  readonly derivatives: readonly Derivative[];
  /** The operators of which torch makes it. */
  readonly composed: readonly Derivative[];
}
