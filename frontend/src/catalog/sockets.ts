/** Which overload a node means, which sockets it shows, and whether a wire fits. Knows nothing of the DOM. */
import { plainValue } from "../document/literal";
import type { NodeView, Snapshot } from "../document/types";
import type { Argument, Catalog, Operation, Overload } from "./types";

/** A place on a node's left edge where a wire can end. */
export interface InputSocket {
  readonly argument: string;
  /** A list of tensors: every wire is appended. */
  readonly list: boolean;
  readonly required: boolean;
  /** A literal stands here, or could. */
  readonly typed: boolean;
  /** How many wires end here now. */
  readonly wires: number;
}

/** A place on a node's right edge where a wire can begin; `output` is null for the first. */
export interface OutputSocket {
  readonly output: string | null;
  readonly name: string;
}

/** The overload that the node's given arguments mean: the first that takes them all, else the one that takes most. */
export function chooseOverload(operation: Operation, node: NodeView): Overload {
  const given = new Set([...node.args.keys(), ...node.inputs.map((input) => input.argument)]);
  let best = operation.overloads[0] ?? EMPTY;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const overload of operation.overloads) {
    const score = scoreOf(overload, given, node);
    if (score > bestScore) [best, bestScore] = [overload, score];
  }
  return best;
}

const EMPTY: Overload = { arguments: [], outputs: [] };

function scoreOf(overload: Overload, given: ReadonlySet<string>, node: NodeView): number {
  const names = new Set(overload.arguments.map((argument) => argument.name));
  let score = 0;
  for (const name of given) if (!names.has(name)) score -= 100;
  for (const argument of overload.arguments) {
    const wired = node.inputs.find((input) => input.argument === argument.name);
    if (wired && (!argument.wired || wired.list !== (argument.type === "tensors"))) score -= 10;
    const literal = node.args.get(argument.name);
    if (literal !== undefined && !argument.typed) score -= 10;
    if (literal !== undefined && !standsAt(argument, literal)) score -= 50;
    if (argument.required && !given.has(argument.name)) score -= 1;
  }
  return score;
}

/** Whether a literal is one that this overload means: overloads may differ in the choices they offer. */
function standsAt(argument: Argument, literal: string): boolean {
  if (argument.type === "file") return literal.startsWith('"data:');
  return argument.type !== "choice" || argument.choices.includes(literal.slice(1, 100).replace(/"$/, ""));
}

/** The arguments of a node in the order of the signature; those of functions for control flow. */
export function argumentsOf(operation: Operation, node: NodeView, snapshot: Snapshot): readonly Argument[] {
  const own = chooseOverload(operation, node).arguments;
  const names = new Set(own.map((argument) => argument.name));
  const extra = functionInputs(node, snapshot).filter((name) => !names.has(name));
  return [...own, ...extra.map((name) => functionSocket(name))];
}

/** The inputs of the functions that a control flow node names, each once. */
function functionInputs(node: NodeView, snapshot: Snapshot): string[] {
  if (!node.op.startsWith("gradcanvas.") || snapshot.functions.length === 0) return [];
  const names = new Set<string>();
  for (const role of ["function", "then", "else", "body", "condition"]) {
    const called = snapshot.functions.find((found) => found.name === plainValue(node.args.get(role)));
    for (const name of called?.inputs ?? []) if (name !== "index") names.add(name);
  }
  return [...names];
}

function functionSocket(name: string): Argument {
  return {
    name,
    type: "tensor",
    wired: true,
    typed: false,
    required: true,
    nullable: false,
    default: null,
    choices: [],
    passing: "keyword",
    length: null,
    fixed: null,
  };
}

/** The sockets of a node in the order of the signature; without an operation, those its wires name. */
export function inputSockets(
  operation: Operation | undefined,
  node: NodeView,
  snapshot: Snapshot,
): InputSocket[] {
  const wires = new Map(node.inputs.map((input) => [input.argument, input]));
  const sockets: InputSocket[] = [];
  for (const argument of operation ? argumentsOf(operation, node, snapshot) : []) {
    if (!argument.wired) continue;
    const { name, required, typed } = argument;
    const list = argument.type === "tensors";
    sockets.push({ argument: name, list, required, typed, wires: wires.get(name)?.refs.length ?? 0 });
    wires.delete(name);
  }
  for (const { argument, list, refs } of wires.values())
    sockets.push({ argument, list, required: false, typed: false, wires: refs.length });
  return sockets;
}

/** The outputs of a node; `known` are those that the newest evaluation found (for lists of unknown length). */
export function outputSockets(
  operation: Operation | undefined,
  node: NodeView,
  snapshot: Snapshot,
  known: readonly string[] = [],
): OutputSocket[] {
  const outputs = operation ? chooseOverload(operation, node).outputs : [];
  const names = outputs.filter((output) => !output.many).map((output) => output.name);
  for (const name of functionOutputs(node, snapshot)) if (!names.includes(name)) names.push(name);
  const named = names.length;
  // What a source gives the catalogue tells, but for a file: `known` may be that of what stood there before.
  if (operation?.kind === "source" && named > 0) return listed(names);
  const isNumberOfNamed = (name: string): boolean => /^\d+$/.test(name) && Number(name) < named;
  for (const name of known) if (!names.includes(name) && !isNumberOfNamed(name)) names.push(name);
  if (names.length === 0) names.push("0");
  return listed(names);
}

function listed(names: readonly string[]): OutputSocket[] {
  return names.map((name, index) => ({ output: index === 0 ? null : name, name }));
}

function functionOutputs(node: NodeView, snapshot: Snapshot): string[] {
  if (!node.op.startsWith("gradcanvas.")) return [];
  for (const role of ["function", "then", "body"]) {
    const called = snapshot.functions.find((found) => found.name === plainValue(node.args.get(role)));
    if (called) return [...called.outputs.keys()];
  }
  return [];
}

/** Why a wire from `source` cannot end at an argument of `target`, or null where it can. */
export function refusalOfWire(
  catalog: Catalog,
  snapshot: Snapshot,
  source: string,
  target: string,
  argument: string,
): string | null {
  const from = snapshot.byUid.get(source);
  const to = snapshot.byUid.get(target);
  if (!from || !to) return "One of the nodes is gone.";
  if (source === target) return `${to.id} cannot feed itself.`;
  const operation = catalog.operations.get(to.op);
  const found = operation && argumentsOf(operation, to, snapshot).find((item) => item.name === argument);
  if (!operation) return `${to.op} is not in the catalogue, so its sockets are unknown.`;
  if (!found) return `${to.op} takes no argument “${argument}”.`;
  if (!found.wired) return `“${argument}” takes ${describe(found)}, typed in the inspector, and no wire.`;
  if (reaches(snapshot, target, source))
    return `${from.id} already depends on ${to.id}: the wire would close a circle.`;
  return null;
}

/** The nodes that can be reached forwards from one, itself included. */
export function reachableFrom(snapshot: Snapshot, uid: string): ReadonlySet<string> {
  const next = new Map<string, string[]>();
  for (const edge of snapshot.edges) {
    const targets = next.get(edge.source);
    if (targets) targets.push(edge.target);
    else next.set(edge.source, [edge.target]);
  }
  const seen = new Set([uid]);
  const open = [uid];
  for (let node = open.pop(); node !== undefined; node = open.pop())
    for (const target of next.get(node) ?? [])
      if (!seen.has(target)) {
        seen.add(target);
        open.push(target);
      }
  return seen;
}

function reaches(snapshot: Snapshot, from: string, to: string): boolean {
  return reachableFrom(snapshot, from).has(to);
}

/** What an argument takes, in words. */
export function describe(argument: Argument): string {
  return WORDS[argument.type];
}

const WORDS: Readonly<Record<Argument["type"], string>> = {
  tensor: "a tensor",
  tensors: "a list of tensors",
  int: "a whole number",
  float: "a number",
  bool: "true or false",
  number: "a number",
  ints: "a list of whole numbers",
  floats: "a list of numbers",
  bools: "a list of true and false",
  dtype: "a dtype",
  string: "text",
  choice: "one of its choices",
  index: "an index",
  file: "a file of data",
  data: "numbers",
  function: "a function's name",
  map: "a table",
  constant: "numbers",
  module: "a module",
  schedulers: "a list of schedulers",
};
