/** Lays the elements of a tensor out as a table, and writes each of them. Knows nothing of the DOM. */
import { exactNumber, shortNumber } from "../gradients/number-text";

/** One element as the worker writes it: what is not finite is text, a complex number an object. */
export type Element = number | string | boolean | { readonly complex: readonly Element[] };

/** Elements as the worker nests them. */
export type Nested = Element | readonly Nested[];

/** One row of the table: where it stands ("0, 2") and its elements. */
export interface ElementRow {
  readonly place: string;
  readonly cells: readonly Element[];
}

/** The last dimension runs across, the others down; a vector is one column. */
export function elementRows(value: Nested, shape: readonly number[]): ElementRow[] {
  const elements: Element[] = [];
  collect(value, elements);
  const down = shape.length > 1 ? shape.slice(0, -1) : shape;
  const width = shape.length > 1 ? (shape.at(-1) ?? 1) : 1;
  const count = down.reduce((product, size) => product * size, 1);
  return Array.from({ length: count }, (_, row) => ({
    place: placeOf(row, down),
    cells: elements.slice(row * width, (row + 1) * width),
  }));
}

/** An element in three digits, as on a card. */
export function shortElement(element: Element): string {
  return written(element, shortNumber);
}

/** An element in all its digits. */
export function exactElement(element: Element): string {
  return written(element, exactNumber);
}

function written(element: Element, write: (value: number) => string): string {
  if (typeof element === "number") return write(element);
  if (typeof element === "boolean") return element ? "True" : "False";
  if (typeof element === "string") return element.replace("-", "\u2212");
  const [real = 0, imaginary = 0] = element.complex.map((part) => written(part, write));
  return `${real}${String(imaginary).startsWith("\u2212") ? "" : "+"}${imaginary}j`;
}

function collect(value: Nested, into: Element[]): void {
  if (Array.isArray(value)) for (const item of value as readonly Nested[]) collect(item, into);
  else into.push(value as Element);
}

function placeOf(row: number, sizes: readonly number[]): string {
  let rest = row;
  return sizes
    .toReversed()
    .map((size) => {
      const place = rest % size;
      rest = Math.floor(rest / size);
      return place;
    })
    .toReversed()
    .join(", ");
}
