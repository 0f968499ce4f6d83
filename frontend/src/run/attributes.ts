/** The attributes that tests and screen readers find on nodes and edges, from one frame. Numbers are unrounded. */
import { type Frame, figure, MEAN, NORM } from "./frame";
import type { IndexedLayout } from "./run-store";

/** Attribute name → text; "" where there is nothing. */
export type LiveAttributes = Readonly<Record<string, string>>;

/** What a node carries: the gradient shown, on a leaf its deposits, and the value of its only element. */
export function nodeAttributes(
  id: string,
  frame: Frame | null,
  layout: IndexedLayout | null,
): LiveAttributes {
  const row = layout?.nodeRows.get(id)?.[0];
  const output = row === undefined ? undefined : layout?.layout.outputs[row];
  const attributes: Record<string, string> = { "data-gradient-norm": "", "data-value": "" };
  const leaf = layout?.leafRow.get(id);
  if (leaf !== undefined) attributes["data-grad-norm"] = "";
  if (!frame || !layout || frame.layout !== layout.layout.layout) return attributes;
  attributes["data-gradient-norm"] = numberText(figure(frame.gradients, row, NORM));
  if (leaf !== undefined) attributes["data-grad-norm"] = numberText(figure(frame.deposits, leaf, NORM));
  if (output?.shape.every((size) => size === 1))
    attributes["data-value"] = elementText(figure(frame.values, row, MEAN), output.dtype);
  return attributes;
}

/** What an edge carries: norm and mean of the gradient that flows back along it. */
export function edgeAttributes(
  id: string,
  frame: Frame | null,
  layout: IndexedLayout | null,
): LiveAttributes {
  const fits = frame !== null && layout !== null && frame.layout === layout.layout.layout;
  const row = fits ? layout.edgeRow.get(id) : undefined;
  return {
    "data-gradient-norm": numberText(fits ? figure(frame.edges, row, NORM) : null),
    "data-gradient-mean": numberText(fits ? figure(frame.edges, row, MEAN) : null),
  };
}

function numberText(value: number | null): string {
  return value === null ? "" : String(value);
}

function elementText(value: number | null, dtype: string): string {
  if (value === null) return "";
  if (dtype === "bool") return value === 0 ? "false" : "true";
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? '"nan"' : value > 0 ? '"inf"' : '"-inf"';
}
