/** A decoded frame: the newest numbers as views of the bytes that came. Knows nothing of sockets or React. */

/** Five figures a row, row-major: norm, mean, min, max, non-finite count (−1 where there is nothing). */
export type Figures = Float32Array | Float64Array;

/** Where each figure stands in its row. */
export const NORM = 0;
export const MEAN = 1;
export const MIN = 2;
export const MAX = 3;
export const NONFINITE = 4;
/** How many figures a row has. */
export const ROW = 5;

/** The newest numbers. Rows are those of the layout it names. */
export interface Frame {
  readonly number: number;
  readonly layout: number;
  /** A frame at rest: its figures are float64. */
  readonly exact: boolean;
  /** An evaluation after an edit: nothing was deposited. */
  readonly evaluation: boolean;
  readonly withoutGradients: boolean;
  readonly step: number;
  readonly loss: number;
  readonly run: number;
  readonly edges: Figures;
  readonly values: Figures;
  readonly gradients: Figures;
  readonly deposits: Figures;
  readonly pictures: Int8Array;
}

/** Whether numbers are complex, which have a norm, but neither a sign nor a mean that is one number. */
export function isComplex(figures: Figures, row: number): boolean {
  return figures[row * ROW + NONFINITE] === 0 && Number.isNaN(figures[row * ROW + MEAN]);
}

/** What tells the colour of a sign: the mean, and 0 where there is none. */
export function signOf(figures: Figures, row: number): number {
  return isComplex(figures, row) ? 0 : (figures[row * ROW + MEAN] as number);
}

/** One figure, or null where the row has nothing. */
export function figure(figures: Figures, row: number | undefined, which: number): number | null {
  if (row === undefined) return null;
  const count = figures[row * ROW + NONFINITE];
  if (count === undefined || count < 0) return null;
  return figures[row * ROW + which] ?? null;
}
