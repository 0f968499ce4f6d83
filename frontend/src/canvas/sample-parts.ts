/** Operations and rows of a layout made by hand, for the canvas' tests and its bench. */
import type { Argument, Operation } from "../catalog/types";
import type { OutputRow } from "../wire/messages";

/** A required argument that takes a tensor, wired or typed, unless `change` says otherwise. */
export function sampleArgument(name: string, change: Partial<Argument> = {}): Argument {
  return {
    name,
    type: "tensor",
    wired: true,
    typed: true,
    required: true,
    nullable: false,
    default: null,
    choices: [],
    passing: "keyword",
    length: null,
    fixed: null,
    ...change,
  };
}

/** An operation with one overload and one output. */
export function sampleOperation(
  name: string,
  kind: Operation["kind"],
  wired: readonly Argument[],
): Operation {
  return {
    name,
    kind,
    category: "",
    summary: "",
    overloads: [{ arguments: [...wired], outputs: [{ name: "0", many: false, optional: false }] }],
    aliases: [],
    random: false,
    state: false,
  };
}

/** The row of a node's only output, which is recorded by autograd unless `change` says otherwise. */
export function sampleRow(
  id: string,
  shape: readonly number[],
  gradFn: string | null,
  change: Partial<OutputRow> = {},
): OutputRow {
  return {
    ref: id,
    node: id,
    output: "0",
    shape: [...shape],
    dtype: "float32",
    requires_grad: true,
    leaf: gradFn === null,
    grad_fn: gradFn,
    picture: null,
    gradient_picture: null,
    bytes: 4 * shape.reduce((product, length) => product * length, 1),
    ...change,
  };
}
