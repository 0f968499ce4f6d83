/** What one card shows that does not stream: from its node, its operation and its rows of the layout. Pure; no DOM. */
import { type InputSocket, inputSockets, outputSockets } from "../catalog/sockets";
import type { Catalog, Operation } from "../catalog/types";
import type { NodeView, Snapshot } from "../document/types";
import type { CardKind } from "../gradients/scene";
import type { IndexedLayout } from "../run/run-store";
import type { OutputRow, Picture, Problem } from "../wire/messages";
import { type CardLayout, type FigureKind, layOutCard } from "./card-layout";

/** A socket on a card's left edge. */
export interface InputModel {
  readonly argument: string;
  /** In a list of tensors: which; null for a single tensor. */
  readonly index: number | null;
  readonly list: boolean;
  readonly edge: string | null;
  /** It may stay empty: nothing is missing here. */
  readonly optional: boolean;
  /** The literal that stands here instead of a wire. */
  readonly literal: string | null;
}

/** A place on a card's right edge where a wire can begin. */
export interface OutputModel {
  /** Null for the first. */
  readonly output: string | null;
  readonly name: string;
  readonly parameter: boolean;
}

/** Everything a card shows that does not stream. */
export interface CardModel {
  readonly node: NodeView;
  readonly kind: CardKind;
  readonly layout: CardLayout;
  readonly inputs: readonly InputModel[];
  /** Outputs, then parameters. */
  readonly outputs: readonly OutputModel[];
  /** Shape and `grad_fn`, or why there is none; of a bypassed node first that it is. */
  readonly note: string;
  /** What stands in place of a gradient: "none: data"; null where one is drawn. */
  readonly noGradient: string | null;
  readonly problems: readonly Problem[];
  /** The id of the node whose problem keeps this one from running; null where it ran, or has problems of its own. */
  readonly waitsFor: string | null;
  readonly row: number;
  /** Row of the frame's `deposits`, −1 where nothing can be deposited. */
  readonly deposit: number;
  readonly picture: Picture | null;
  readonly gradientPicture: Picture | null;
  readonly parameterRows: readonly number[];
}

const MOST_PARAMETERS = 4;

/** Makes the card of a node; `used` are the outputs that edges name. */
export function cardOf(
  node: NodeView,
  snapshot: Snapshot,
  catalog: Catalog,
  layout: IndexedLayout | null,
  used: ReadonlySet<string>,
): CardModel {
  const operation = catalog.operations.get(node.op);
  const rows = rowsOf(node, layout);
  const parameters = rows.filter(({ row }) => isParameter(row, operation));
  const results = rows.filter(({ row }) => !isParameter(row, operation));
  const shownParameters = chooseParameters(parameters, used);
  const inputs = inputSockets(operation, node, snapshot).flatMap((socket) => socketsOf(socket, node));
  const known = layout?.layout.data[node.id] ?? namesOf(results, operation);
  const outputs = outputSockets(operation, node, snapshot, known).map((socket) => ({
    ...socket,
    parameter: false,
  }));
  const first = results[0];
  const figure = figureOf(first?.row ?? null);
  const kind = kindOf(node, operation, snapshot, first?.row ?? null, parameters.length > 0);
  return {
    node,
    kind,
    layout: layOutCard({
      figure,
      inputs: inputs.length,
      outputs: outputs.length,
      parameters: shownParameters.length,
      width: node.size?.[0] ?? null,
      collapsed: node.collapsed,
    }),
    inputs,
    outputs: [
      ...outputs,
      ...shownParameters.map(({ row }) => ({ output: row.output, name: row.output, parameter: true })),
    ],
    note: noteOf(node, first?.row ?? null),
    noGradient: noGradientOf(first?.row ?? null, kind),
    problems: layout?.problems.get(node.id) ?? NO_PROBLEMS,
    waitsFor: null,
    row: first?.index ?? -1,
    deposit: layout?.leafRow.get(node.id) ?? -1,
    picture: first?.row.picture ?? null,
    gradientPicture: first?.row.gradient_picture ?? null,
    parameterRows: shownParameters.map(({ index }) => index),
  };
}

const NO_PROBLEMS: readonly Problem[] = [];

interface Row {
  readonly row: OutputRow;
  readonly index: number;
}

function rowsOf(node: NodeView, layout: IndexedLayout | null): Row[] {
  const outputs = layout?.layout.outputs ?? [];
  const rows: Row[] = [];
  for (const index of layout?.nodeRows.get(node.id) ?? []) {
    const row = outputs[index];
    if (row) rows.push({ row, index });
  }
  return rows;
}

/** What the evaluation found beyond the outputs that the catalogue names: a number may stand for one of those. */
function namesOf(results: readonly Row[], operation: Operation | undefined): string[] {
  const declared = Math.max(0, ...(operation?.overloads.map((overload) => overload.outputs.length) ?? []));
  return results
    .map(({ row }) => row.output)
    .filter((name) => !/^\d+$/.test(name) || Number(name) >= declared || hasMany(operation));
}

function hasMany(operation: Operation | undefined): boolean {
  return operation?.overloads.some((overload) => overload.outputs.some((output) => output.many)) ?? false;
}

/** A module's outputs are numbered or named by the catalogue; every other name of it is a parameter or a buffer. */
function isParameter(row: OutputRow, operation: Operation | undefined): boolean {
  if (operation?.kind !== "module" || /^\d+$/.test(row.output)) return false;
  return !operation.overloads.some((overload) =>
    overload.outputs.some((output) => output.name === row.output),
  );
}

function chooseParameters(parameters: readonly Row[], used: ReadonlySet<string>): Row[] {
  const trained = parameters.filter(({ row }) => row.requires_grad || used.has(row.output));
  return trained
    .filter(({ row }, index) => index < MOST_PARAMETERS || used.has(row.output))
    .slice(0, Math.max(MOST_PARAMETERS, used.size));
}

function socketsOf(socket: InputSocket, node: NodeView): InputModel[] {
  const { argument, list, wires } = socket;
  const literal = node.args.get(argument) ?? null;
  const open = {
    argument,
    list,
    edge: null,
    literal,
    optional: !socket.required || literal !== null || (list && wires > 0),
  };
  if (!list) return [{ ...open, index: null, edge: wires > 0 ? `${node.id}.${argument}` : null }];
  const wired = Array.from({ length: wires }, (_, index) => ({
    ...open,
    index,
    edge: `${node.id}.${argument}.${index}`,
  }));
  return [...wired, { ...open, index: wires }];
}

function figureOf(row: OutputRow | null): FigureKind {
  return row?.picture?.kind ?? "none";
}

function kindOf(
  node: NodeView,
  operation: Operation | undefined,
  snapshot: Snapshot,
  row: OutputRow | null,
  hasParameters: boolean,
): CardKind {
  if (snapshot.train.loss?.uid === node.uid) return "loss";
  if ((row?.leaf && row.requires_grad) || hasParameters) return "leaf";
  const source = operation ? operation.kind === "source" : node.inputs.length === 0;
  if (!source) return "plain";
  if (row === null) return node.requiresGrad === true ? "leaf" : "data";
  return row.requires_grad ? "leaf" : "data";
}

function noteOf(node: NodeView, row: OutputRow | null): string {
  const words = [node.bypass ? "bypassed" : "", row === null ? "" : outcomeOf(row)];
  return words.filter(Boolean).join(" ");
}

function outcomeOf(row: OutputRow): string {
  const shape = `[${row.shape.length === 0 ? " " : row.shape.join(", ")}]`;
  const dtype = row.dtype === "float32" ? "" : ` ${row.dtype}`;
  if (row.leaf && row.requires_grad) return `${shape}${dtype} leaf`;
  if (row.grad_fn) return `${shape}${dtype} ${row.grad_fn}`;
  return `${shape}${dtype}${row.requires_grad ? "" : " data"}`;
}

function noGradientOf(row: OutputRow | null, kind: CardKind): string | null {
  if (row === null || row.requires_grad) return null;
  return kind === "data" ? "none: data" : "none";
}

/** Whether two models of a card show the same. */
export function sameCard(old: CardModel, made: CardModel): boolean {
  return (
    old.node === made.node &&
    old.kind === made.kind &&
    old.note === made.note &&
    old.row === made.row &&
    old.deposit === made.deposit &&
    old.waitsFor === made.waitsFor &&
    old.noGradient === made.noGradient &&
    sameJson(old.layout, made.layout) &&
    sameJson(old.inputs, made.inputs) &&
    sameJson(old.outputs, made.outputs) &&
    sameJson(old.problems, made.problems) &&
    sameJson(old.picture, made.picture) &&
    sameJson(old.gradientPicture, made.gradientPicture) &&
    sameJson(old.parameterRows, made.parameterRows)
  );
}

/** Whether two values are written alike. */
export function sameJson(one: unknown, two: unknown): boolean {
  return one === two || JSON.stringify(one) === JSON.stringify(two);
}
