/** The evaluations of the present run on validation data: a row at the end of each epoch. Knows nothing of charts. */
import { type Metrics, seriesOf } from "./metrics";

/** Where the columns of a row stand: how many steps had been made, the loss, then the metrics. */
const STEP = 0;
const LOSS = 1;
const FIRST_METRIC = 2;

/** One column of the evaluations: `at` holds after how many steps each number came. */
export interface ValidationSeries {
  readonly name: string;
  readonly at: Float64Array;
  readonly values: Float64Array;
}

/** The course of the loss, and of each metric, on validation data. */
export interface Validation {
  readonly loss: ValidationSeries;
  readonly metrics: readonly ValidationSeries[];
}

/** What the rows hold, column by column; rows that this page never got are left out. */
export function validationOf(rows: Metrics | null): Validation | null {
  if (rows === null || rows.count === 0) return null;
  const steps = seriesOf(rows, STEP);
  const known = (column: Float64Array): Float64Array =>
    column.filter((_, row) => Number.isFinite(steps[row] ?? Number.NaN));
  const at = known(steps);
  const course = (name: string, column: number): ValidationSeries => ({
    name,
    at,
    values: known(seriesOf(rows, column)),
  });
  return {
    loss: course("loss", LOSS),
    metrics: rows.names.slice(FIRST_METRIC).map((name, index) => course(name, FIRST_METRIC + index)),
  };
}

/** The place of the newest number that came after at most so many steps; -1 where there is none. */
export function rowAt(series: ValidationSeries, steps: number): number {
  return series.at.findLastIndex((step) => step <= steps);
}
