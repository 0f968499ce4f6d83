/** The autograd graph as the worker tells it, and as it lies once it is laid out. Types only. */

/** A box of autograd's: a leaf, an operation, or the start of the backward pass. */
export interface AutogradNode {
  readonly id: string;
  readonly label: string;
  readonly kind: "leaf" | "operation" | "start";
  /** The node of the document it belongs to, if any. */
  readonly node: string | null;
  readonly shape: readonly number[] | null;
}

/** Boxes and links; links go the way of the forward pass. */
export interface AutogradGraph {
  readonly nodes: readonly AutogradNode[];
  readonly links: readonly { readonly from: string; readonly to: string }[];
}

/** Where everything lies. */
export interface AutogradLayout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly (AutogradNode & {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  })[];
  readonly paths: readonly (readonly { readonly x: number; readonly y: number }[])[];
}
