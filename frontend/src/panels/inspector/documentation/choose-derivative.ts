/** Which of torch's formulas a node stands for, and what its arguments are called there. Knows no React. */
import type { Derivative } from "../../../catalog/documentation";
import { argumentsOf } from "../../../catalog/sockets";
import type { Argument, Operation } from "../../../catalog/types";
import type { NodeView, Snapshot } from "../../../document/types";
import type { IndexedLayout } from "../../../run/run-store";
import type { FormulaNames } from "./formula-text";

/** A node with what is known of it from the catalogue and from the newest run. */
export interface NodeInRun {
  readonly node: NodeView;
  readonly operation: Operation;
  readonly snapshot: Snapshot;
  readonly layout: IndexedLayout | null;
}

/** The derivative that the node's `grad_fn` says; where it has none yet, the one that fits its arguments best. */
export function chooseDerivative(
  derivatives: readonly Derivative[],
  { node, operation, layout }: NodeInRun,
): Derivative | null {
  const made = new Set(rowsOf(node, layout).map((row) => row.grad_fn));
  const told = derivatives.find((each) => each.function !== "" && made.has(each.function));
  if (told) return told;
  const given = new Set([...node.args.keys(), ...node.inputs.map((input) => input.argument)]);
  const names = new Set([...given].map((name) => (name === selfOf(operation) ? "self" : name)));
  const wired = new Set(
    node.inputs.map((input) => (input.argument === selfOf(operation) ? "self" : input.argument)),
  );
  const score = (derivative: Derivative): number => {
    const told = new Set(derivative.formulas.flatMap((formula) => formula.arguments));
    const text = derivative.formulas.map((formula) => formula.formula ?? "").join(" ");
    const mentioned = new Set(text.match(/[A-Za-z_]\w*/g) ?? []);
    const fits = [...wired].filter((name) => told.has(name)).length;
    const missing = [...wired].filter((name) => !told.has(name)).length;
    return 4 * (fits - missing) + [...names].filter((name) => mentioned.has(name)).length - told.size / 100;
  };
  return derivatives.toSorted((one, other) => score(other) - score(one))[0] ?? null;
}

/** What the table calls `self`: the tensor of a method, the first argument of a function. */
export function selfOf(operation: Operation): string {
  const names = new Set(operation.overloads.flatMap((way) => way.arguments.map((argument) => argument.name)));
  const first = operation.overloads[0]?.arguments.find((argument) => argument.wired)?.name;
  return names.has("self") ? "self" : names.has("input") ? "input" : (first ?? "input");
}

/** The names of the graph around a node: of the nodes that are wired into it, and its own. */
export function namesAround(around: NodeInRun): FormulaNames {
  const { node, operation, snapshot } = around;
  const known = new Map(argumentsOf(operation, node, snapshot).map((argument) => [argument.name, argument]));
  return {
    argument: (name) => {
      const own = name === "self" ? selfOf(operation) : name;
      return sourceOf(node, own) ?? numberOf(node, known.get(own)) ?? (own === name ? null : own);
    },
    result: (output) => {
      if (output === "") return node.id;
      const many = rowsOf(node, around.layout);
      return /^\d+$/.test(output) && many.length < 2 ? node.id : `${node.id}.${output}`;
    },
  };
}

/** How an argument's tensor is broadcast to the output: their shapes, or null where it is not. */
export function broadcastOf(
  around: NodeInRun,
  name: string,
): { readonly from: readonly number[]; readonly to: readonly number[] } | null {
  const { node, operation, layout } = around;
  const source = sourceOf(node, name === "self" ? selfOf(operation) : name);
  const row = source === null ? undefined : layout?.outputRow.get(source);
  const from = row === undefined ? undefined : layout?.layout.outputs[row]?.shape;
  const to = rowsOf(node, layout)[0]?.shape;
  if (!from || !to || (from.length === to.length && from.every((size, place) => size === to[place])))
    return null;
  return sizeOf(from) < sizeOf(to) ? { from, to } : null;
}

/** Why the run computed no gradient for an argument, null where it did or nothing is known. */
export function whyNotComputed({ node, operation, layout }: NodeInRun, name: string): string | null {
  const row = layout?.edgeRow.get(`${node.id}.${name === "self" ? selfOf(operation) : name}`);
  return row === undefined ? null : (layout?.layout.edges[row]?.why ?? null);
}

/** Whether complex numbers take part. */
export function isComplex({ node, layout }: NodeInRun): boolean {
  const sources = node.inputs.flatMap((input) => input.refs.map((ref) => layout?.outputRow.get(ref.text)));
  const rows = [
    ...rowsOf(node, layout),
    ...sources.map((row) => (row === undefined ? undefined : layout?.layout.outputs[row])),
  ];
  return rows.some((row) => row?.dtype.startsWith("complex"));
}

function rowsOf(node: NodeView, layout: IndexedLayout | null): readonly (typeof NOTHING)[] {
  return (layout?.nodeRows.get(node.id) ?? []).flatMap((row) => layout?.layout.outputs[row] ?? []);
}

const NOTHING = { shape: [] as readonly number[], dtype: "", grad_fn: null as string | null };

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function sourceOf(node: NodeView, argument: string): string | null {
  const input = node.inputs.find((each) => each.argument === argument);
  return input && !input.list ? (input.refs[0]?.text ?? null) : null;
}

/** A literal that stands for a number of the formula; a dimension or a flag keeps its name. */
function numberOf(node: NodeView, argument: Argument | undefined): string | null {
  if (!argument || !NUMBERS.has(argument.type)) return null;
  const literal = node.args.get(argument.name) ?? argument.default ?? "";
  return /^\d{1,6}(\.\d{1,4})?$/.test(literal) ? literal.replace(/\.0$/, "") : null;
}

const NUMBERS: ReadonlySet<string> = new Set(["number", "float", "tensor"]);
