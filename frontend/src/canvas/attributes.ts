/** Keeps the attributes of mounted cards and edges true to the newest numbers, without React.

Whoever listens calls `refresh` at the run store's pace: at most twice a second while numbers stream, at once at rest. */
import { exactNumber, shortNumber } from "../gradients/number-text";
import { type Figures, type Frame, figure, isComplex, MEAN, NORM } from "../run/frame";
import type { IndexedLayout } from "../run/run-store";
import type { OutputRow } from "../wire/messages";

/** The newest numbers and what they stand for. */
export interface Numbers {
  readonly frame: Frame | null;
  readonly layout: IndexedLayout | null;
}

/** Attributes of a node, as docs/page.md has them. */
export function nodeAttributes({ frame, layout }: Numbers, id: string): Record<string, string> {
  const row = layout?.nodeRows.get(id)?.[0];
  const output = row === undefined ? undefined : layout?.layout.outputs[row];
  if (frame === null || row === undefined || output === undefined) return withoutNumbers(layout, id);
  return {
    "data-gradient-norm": plain(figure(frame.gradients, row, NORM)),
    ...depositOf(layout, id, frame.deposits),
    "data-value": onlyElement(frame, row, output),
  };
}

/** Attributes and the accessible name of an edge. */
export function edgeAttributes({ frame, layout }: Numbers, id: string): Record<string, string> {
  const row = layout?.edgeRow.get(id);
  const figures = frame && !frame.withoutGradients ? frame.edges : null;
  const norm = figures ? figure(figures, row, NORM) : null;
  const mean = figures && row !== undefined && !isComplex(figures, row) ? figure(figures, row, MEAN) : null;
  const why = row === undefined ? null : (layout?.layout.edges[row]?.why ?? null);
  return {
    "data-gradient-norm": plain(norm),
    "data-gradient-mean": plain(mean),
    "aria-label": edgeName(id, norm, mean, why),
  };
}

/** "gradient of yhat.other: norm 0.12, mean 0.03", or that there is none and why. */
export function edgeName(id: string, norm: number | null, mean: number | null, why: string | null): string {
  if (norm === null) return `gradient of ${id}: none${why ? `, ${why}` : ""}`;
  if (mean === null) return `gradient of ${id}: complex, norm ${shortNumber(norm)}`;
  return `gradient of ${id}: norm ${shortNumber(norm)}, mean ${shortNumber(mean)}`;
}

/** One line of exact figures for the tooltip. */
export function exactLine(figures: Figures, row: number, which: number): string {
  const value = figure(figures, row, which);
  return value === null ? "none" : exactNumber(value);
}

function withoutNumbers(layout: IndexedLayout | null, id: string): Record<string, string> {
  const leaf = layout?.leafRow.has(id) ? { "data-grad-norm": "" } : {};
  return { "data-gradient-norm": "", ...leaf, "data-value": "" };
}

function depositOf(layout: IndexedLayout | null, id: string, deposits: Figures): Record<string, string> {
  const row = layout?.leafRow.get(id);
  return row === undefined ? {} : { "data-grad-norm": plain(figure(deposits, row, NORM)) };
}

/** JSON of the only element; empty where there are more, or none. */
function onlyElement(frame: Frame, row: number, output: OutputRow): string {
  if (output.shape.some((length) => length !== 1) || isComplex(frame.values, row)) return "";
  const value = figure(frame.values, row, MEAN);
  if (value === null) return "";
  if (output.dtype === "bool") return String(value !== 0);
  return Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(nonFinite(value));
}

function nonFinite(value: number): string {
  if (Number.isNaN(value)) return "nan";
  return value > 0 ? "inf" : "-inf";
}

function plain(value: number | null): string {
  return value === null ? "" : String(value);
}

/** The elements that are mounted now, and how each is refreshed. */
export class AttributeBook {
  private readonly elements = new Map<Element, () => Record<string, string>>();
  private readonly listeners = new Set<() => void>();

  /** Keeps an element's attributes true; returns how to stop. */
  add(element: Element, attributes: () => Record<string, string>): () => void {
    this.elements.set(element, attributes);
    write(element, attributes());
    this.tell();
    return () => {
      this.elements.delete(element);
      this.tell();
    };
  }

  /** Calls back whenever an element is mounted or unmounted; returns how to stop. */
  onMounted(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Writes what has changed. */
  refresh(): void {
    for (const [element, attributes] of this.elements) write(element, attributes());
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

function write(element: Element, attributes: Record<string, string>): void {
  for (const [name, value] of Object.entries(attributes))
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  if (!("data-grad-norm" in attributes) && element.hasAttribute("data-grad-norm"))
    element.removeAttribute("data-grad-norm");
}

/** Elements of the page's one canvas. */
export const attributeBook = new AttributeBook();
