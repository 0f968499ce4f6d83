/** Puts runs and metrics on one axis of steps, thinned to what can be seen. Knows nothing of charts. */
import type { RunLosses } from "../../run/losses";
import { type Metrics, seriesOf } from "../../run/metrics";
import { keepPeaks } from "./downsample";

/** A row of steps, then a row for every line: null breaks a line, undefined is joined over. */
export type ChartData = [number[], ...(number | null | undefined)[][]];

interface Line {
  readonly values: Float64Array;
  readonly count: number;
  readonly logarithmic: boolean;
}

/** Whether the present run has a loss below zero, for which a logarithmic scale has no place. */
export function hasNegative(run: RunLosses | undefined): boolean {
  for (let step = 0; step < (run?.count ?? 0); step += 1) if ((run?.values[step] ?? 0) < 0) return true;
  return false;
}

/** The rows of a chart; a logarithmic scale leaves out what is not positive. */
export function chartData(
  losses: readonly RunLosses[],
  metrics: Metrics | null,
  buckets: number,
  logarithmic: boolean,
): ChartData {
  const lines: Line[] = losses.map(({ values, count }) => ({ values, count, logarithmic }));
  for (let name = 0; name < (metrics?.names.length ?? 0); name += 1) {
    const values = metrics ? seriesOf(metrics, name) : new Float64Array();
    lines.push({ values, count: values.length, logarithmic: false });
  }
  const kept = lines.map((line) => keepPeaks(line.values, line.count, buckets));
  const steps = [...new Set(kept.flat())].sort((one, two) => one - two);
  const rows = lines.map((line, index) => rowOf(line, new Set(kept[index]), steps));
  return [steps.map((step) => step + 1), ...rows];
}

function rowOf(
  line: Line,
  own: ReadonlySet<number>,
  steps: readonly number[],
): (number | null | undefined)[] {
  return steps.map((step) => {
    if (!own.has(step)) return step < line.count ? undefined : null;
    const value = line.values[step] ?? Number.NaN;
    return Number.isFinite(value) && (!line.logarithmic || value > 0) ? value : null;
  });
}
