/** Reads what the form keeps as one literal: groups of an optimiser, and how a module's parameters begin. */
import { isNumber, type Json, readJson, writeJson } from "./literal";
import type { CallView, NodeView, Snapshot, TrainView } from "./types";

/** A table of the file, whose values are kept as they were written. */
export type Table = { [key: string]: Json };

/** The table that a literal holds; an empty one where it holds something else or nothing. */
export function tableOf(literal: string | undefined): Table {
  return asTable(literal === undefined ? undefined : readJson(literal));
}

/** A value as a table; an empty one where it is none. */
export function asTable(value: Json | undefined): Table {
  if (value === undefined || value === null || typeof value !== "object") return {};
  return Array.isArray(value) || isNumber(value) ? {} : value;
}

/** The groups of the optimiser: name → argument → literal. */
export function groupsOf(train: TrainView): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const groups = Object.entries(tableOf(train.optimizer?.other.get("groups")));
  return new Map(groups.map(([name, args]) => [name, literalsOf(asTable(args))]));
}

/** The group that a node names, or null. */
export function groupOf(node: NodeView): string | null {
  const name = readJson(node.other.get("group") ?? "null");
  return typeof name === "string" ? name : null;
}

/** Every group that the optimiser has or a node names, by name. */
export function groupNames(snapshot: Snapshot): string[] {
  const named = snapshot.nodes.flatMap((node) => groupOf(node) ?? []);
  return [...new Set([...groupsOf(snapshot.train).keys(), ...named])].sort();
}

/** How parameters of a module are filled at first: parameter → function of `torch.nn.init`. */
export function initsOf(node: NodeView): ReadonlyMap<string, Pick<CallView, "op" | "args">> {
  const inits = Object.entries(tableOf(node.other.get("init")));
  return new Map(
    inits.map(([parameter, written]) => {
      const { op, args } = asTable(written);
      return [parameter, { op: typeof op === "string" ? op : "", args: literalsOf(asTable(args)) }];
    }),
  );
}

/** Which of a module's parameters are frozen; `names` are all that it is known to have. */
export function frozenOf(node: NodeView, names: readonly string[]): ReadonlySet<string> {
  if (node.requiresGrad !== null) return new Set(node.requiresGrad ? [] : names);
  const written = Object.entries(tableOf(node.other.get("requires_grad")));
  return new Set(written.flatMap(([name, on]) => (on === false ? [name] : [])));
}

function literalsOf(table: Table): ReadonlyMap<string, string> {
  return new Map(Object.entries(table).map(([name, value]) => [name, writeJson(value)]));
}
