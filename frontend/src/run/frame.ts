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

/** One figure, or null where the row has nothing. */
export function figure(figures: Figures, row: number | undefined, which: number): number | null {
  if (row === undefined) return null;
  const count = figures[row * ROW + NONFINITE];
  if (count === undefined || count < 0) return null;
  return figures[row * ROW + which] ?? null;
}
