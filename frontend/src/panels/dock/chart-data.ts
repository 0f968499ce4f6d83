/** Puts runs, metrics and validation on one axis of steps, thinned to what can be seen. Knows nothing of charts. */
import type { RunLosses } from "../../run/losses";
import { type Metrics, seriesOf } from "../../run/metrics";
import type { Validation } from "../../run/validation";
import { keepPeaks } from "./downsample";

/** A row of steps, then a row for every line: null breaks a line, undefined is joined over. */
export type ChartData = [number[], ...(number | null | undefined)[][]];

interface Line {
  readonly values: Float64Array;
  readonly count: number;
  readonly logarithmic: boolean;
  /** After how many steps each value came; null where there is one a step. */
  readonly at: Float64Array | null;
}

/** Whether the present run has a loss below zero, for which a logarithmic scale has no place. */
export function hasNegative(run: RunLosses | undefined): boolean {
  for (let step = 0; step < (run?.count ?? 0); step += 1) if ((run?.values[step] ?? 0) < 0) return true;
  return false;
}

/** How far a run is meant to go, 0 where that is not known, and whether it is on its way there. */
export interface Target {
  readonly of: number;
  readonly going: boolean;
}

/** The step at which the chart ends, so that a curve of `count` steps is readable in it: at the target once that is near,
a fifth of the way while a run goes there, half of it at rest; else with room that doubles when it is used up. Nothing
more is to come where no target is known. */
export function chartEnd(count: number, { of, going }: Target): number {
  if (of <= count) return count;
  if (of <= count * (going ? 5 : 2)) return of;
  let end = LEAST_STEPS;
  while (end < count) end *= 2;
  return Math.min(end, of);
}

const LEAST_STEPS = 10;

/** The runs, the earlier ones cut off where the chart ends. */
export function cutToPresent(losses: readonly RunLosses[], end: number): readonly RunLosses[] {
  return losses.map((run) => (run.count > end ? { ...run, count: end } : run));
}

/** The rows with a last step at which there is nothing: the axis goes on to it. */
export function extended(rows: ChartData, end: number): ChartData {
  const [steps, ...lines] = rows;
  if (end <= (steps.at(-1) ?? 0)) return rows;
  return [[...steps, end], ...lines.map((line) => [...line, null])];
}

/** The rows of a chart: the runs, the metrics, the validation's loss, its metrics. A logarithmic scale leaves out
what is not positive. */
export function chartData(
  losses: readonly RunLosses[],
  metrics: Metrics | null,
  validation: Validation | null,
  buckets: number,
  logarithmic: boolean,
): ChartData {
  const lines: Line[] = losses.map(({ values, count }) => ({ values, count, logarithmic, at: null }));
  for (let name = 0; name < (metrics?.names.length ?? 0); name += 1) {
    const values = metrics ? seriesOf(metrics, name) : new Float64Array();
    lines.push({ values, count: values.length, logarithmic: false, at: null });
  }
  if (validation) {
    const { loss, metrics: others } = validation;
    lines.push({ ...loss, count: loss.values.length, logarithmic });
    for (const { values, at } of others) lines.push({ values, at, count: values.length, logarithmic: false });
  }
  const kept = lines.map((line) => pointsOf(line, buckets));
  const steps = [...new Set(kept.flatMap((points) => [...points.keys()]))].sort((one, two) => one - two);
  return [steps, ...kept.map((points) => rowOf(points, steps))];
}

/** Step → value of what is shown of a line, in order; null where there is no place for a value. */
function pointsOf({ values, count, logarithmic, at }: Line, buckets: number): Map<number, number | null> {
  const shown = (value: number): boolean => Number.isFinite(value) && (!logarithmic || value > 0);
  return new Map(
    keepPeaks(values, count, buckets).map((index) => {
      const value = values[index] ?? Number.NaN;
      return [at?.[index] ?? index + 1, shown(value) ? value : null];
    }),
  );
}

/** A line has nothing before its first point and after its last, and is joined between them. */
function rowOf(
  points: ReadonlyMap<number, number | null>,
  steps: readonly number[],
): (number | null | undefined)[] {
  const known = [...points.keys()];
  const [first, last] = [known[0] ?? 0, known.at(-1) ?? 0];
  return steps.map((step) => {
    const value = points.get(step);
    if (value !== undefined) return value;
    return step > first && step < last ? undefined : null;
  });
}
