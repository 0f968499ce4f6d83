/** A tensor's typed data: its shape, its cells, and what it comes to where it is too large to show. No DOM. */
import { isLosslessNumber } from "lossless-json";
import { type Json, readJson } from "../document/literal";
import { matrixLiteral } from "./argument-text";

/** Cells beyond this many are summarised, not shown. */
export const MOST_CELLS = 600;

/** What a `data` literal holds. `cells` is null where it is not a number, a vector or a matrix of few cells. */
export interface TensorData {
  readonly shape: readonly number[];
  readonly count: number;
  readonly kind: "float" | "int" | "bool";
  readonly cells: readonly (readonly string[])[] | null;
  readonly low: number;
  readonly high: number;
  readonly mean: number;
}

/** Reads a `data` literal; null where its lists are ragged or hold something else. */
export function readTensorData(literal: string): TensorData | null {
  const value = readJson(literal);
  if (value === undefined) return null;
  const shape = shapeOf(value);
  const leaves: string[] = [];
  if (!collect(value, shape, 0, leaves)) return null;
  const numbers = leaves.map((leaf) => (leaf === "true" ? 1 : leaf === "false" ? 0 : Number(leaf)));
  let [low, high, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const number of numbers) {
    low = Math.min(low, number);
    high = Math.max(high, number);
    sum += number;
  }
  const shown = leaves.length <= MOST_CELLS && leaves.length > 0 && shape.length <= 2;
  return {
    shape,
    count: leaves.length,
    kind: kindOf(leaves),
    cells: shown ? rowsOf(leaves, shape) : null,
    low,
    high,
    mean: sum / leaves.length,
  };
}

/** The literal of changed cells, in the shape the data had: a number, a vector or a matrix. */
export function literalOfCells(cells: readonly (readonly string[])[], rank: number): string {
  const [first] = cells;
  if (rank === 0 && cells.length === 1 && first?.length === 1) return first[0] ?? "0.0";
  if (rank <= 1 && first?.length === 1) return `[${cells.map((row) => row[0]).join(", ")}]`;
  return matrixLiteral(cells);
}

/** Cells with a pasted block put in at a place; the table grows where the block reaches beyond it. */
export function pasteCells(
  cells: readonly (readonly string[])[],
  block: readonly (readonly string[])[],
  row: number,
  column: number,
): string[][] {
  const height = Math.max(cells.length, row + block.length);
  const width = Math.max(cells[0]?.length ?? 0, column + (block[0]?.length ?? 0));
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => block[y - row]?.[x - column] ?? cells[y]?.[x] ?? "0.0"),
  );
}

/** A vector is shown as one column. */
function rowsOf(leaves: readonly string[], shape: readonly number[]): string[][] {
  const width = shape.length === 2 ? (shape[1] ?? 1) : 1;
  const rows: string[][] = [];
  for (let start = 0; start < leaves.length; start += width) rows.push(leaves.slice(start, start + width));
  return rows;
}

function shapeOf(value: Json): number[] {
  const shape: number[] = [];
  for (let inner: Json | undefined = value; Array.isArray(inner); inner = inner[0]) shape.push(inner.length);
  return shape;
}

function collect(value: Json, shape: readonly number[], depth: number, leaves: string[]): boolean {
  if (depth < shape.length) {
    if (!Array.isArray(value) || value.length !== shape[depth]) return false;
    return value.every((item) => collect(item, shape, depth + 1, leaves));
  }
  if (typeof value === "boolean") leaves.push(String(value));
  else if (isLosslessNumber(value)) leaves.push(value.value);
  else return false;
  return true;
}

function kindOf(leaves: readonly string[]): TensorData["kind"] {
  if (leaves.some((leaf) => /[.eE]/.test(leaf) && leaf !== "true" && leaf !== "false")) return "float";
  return leaves.length > 0 && leaves.every((leaf) => leaf === "true" || leaf === "false") ? "bool" : "int";
}
