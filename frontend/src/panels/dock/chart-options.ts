/** How the loss chart is drawn: axes, colours, lines. Knows uPlot, nothing of React. */
import type uPlot from "uplot";

/** What the chart shows. */
export interface ChartPlan {
  /** How many runs; the last is the present one. */
  readonly runs: number;
  /** How many metrics of the present run, drawn on an axis of their own. */
  readonly metrics: number;
  /** How many metrics were computed on validation data, beside the loss on it; null where there is no validation. */
  readonly validation: number | null;
  readonly logarithmic: boolean;
  readonly onHover: (index: number | null) => void;
}

type Colours = (name: string) => string;

/** uPlot's options for an element's size and theme. */
export function optionsFor(element: HTMLElement, plan: ChartPlan): uPlot.Options {
  const style = getComputedStyle(element);
  const colour: Colours = (name) => style.getPropertyValue(name).trim();
  return {
    ...sizeOf(element),
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false } },
    scales: { x: { time: false }, y: scaleOf(plan), metric: { range: rounded } },
    axes: axesFor(plan, colour),
    series: [{}, ...runLines(plan, colour), ...metricLines(plan, colour), ...validationLines(plan, colour)],
    hooks: { setCursor: [(chart) => plan.onHover(stepUnderCursor(chart))] },
  };
}

function scaleOf({ logarithmic }: ChartPlan): uPlot.Scale {
  return logarithmic ? { distr: 3 } : { distr: 1, range: rounded };
}

/** A linear scale that holds its curves and ends at round numbers. */
export function rounded(_: unknown, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null) return [null, null];
  const third = (high - low || Math.abs(high) || 1) / 3;
  const power = 10 ** Math.floor(Math.log10(third));
  const step = power * ([1, 2, 5].find((part) => part * power >= third * 0.999) ?? 10);
  const ends: uPlot.Range.MinMax = [Math.floor(low / step) * step, Math.ceil(high / step) * step];
  return low === high ? [low - step, high + step] : ends;
}

/** The size a chart takes in its place. */
export function sizeOf(element: HTMLElement): { width: number; height: number } {
  return { width: Math.max(120, element.clientWidth), height: Math.max(60, element.clientHeight) };
}

function axesFor({ logarithmic, metrics, validation }: ChartPlan, colour: Colours): uPlot.Axis[] {
  const axis = {
    stroke: colour("--faint"),
    font: `10px ${colour("--mono")}`,
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  const lines = logarithmic ? decades : everyLine;
  const values = (_: uPlot, ticks: number[]): string[] => ticks.map(tickText);
  const axes: uPlot.Axis[] = [
    { ...axis, grid: { show: false }, size: 22, incrs: WHOLE_STEPS },
    { ...axis, size: 52, incrs: ALL_SIZES, grid: { ...axis.grid, filter: lines }, filter: lines, values },
  ];
  if (metrics + (validation ?? 0) > 0)
    axes.push({ ...axis, scale: "metric", side: 1, size: 44, grid: { show: false }, values });
  return axes;
}

/** Steps are whole: between 1 and 2 there is none. */
const WHOLE_STEPS = Array.from({ length: 12 }, (_, power) => [1, 2, 2.5, 5].map((part) => part * 10 ** power))
  .flat()
  .filter(Number.isInteger);

/** Only the present run makes the scale: an earlier one that grew beyond it is clipped. */
function runLines({ runs }: ChartPlan, colour: Colours): uPlot.Series[] {
  return Array.from({ length: runs }, (_, index) => ({
    auto: index === runs - 1,
    stroke: colour(runColour(runs - 1 - index)),
    width: index === runs - 1 ? 2 : 1.5,
    points: { show: isAlone, size: 5 },
  }));
}

/** The token of a run's colour, by how many runs came after it: the older, the fainter. */
export function runColour(age: number): string {
  return age === 0 ? "--loss" : `--earlier-${Math.min(age, FAINTEST)}`;
}

const FAINTEST = 4;

/** A run of one loss has no line yet, so its point is shown. */
function isAlone(chart: uPlot, line: number): boolean {
  return numbersOf(chart, line).length === 1;
}

function numbersOf(chart: uPlot, line: number): readonly unknown[] {
  const values: readonly unknown[] = Array.from(chart.data[line] ?? []);
  return values.filter((value) => typeof value === "number");
}

/** Metrics are told apart by their dashes, not by colour. */
function metricLines({ metrics }: ChartPlan, colour: Colours): uPlot.Series[] {
  return Array.from({ length: metrics }, (_, index) => ({
    scale: "metric",
    stroke: colour("--dim"),
    width: 1,
    dash: metricDash(index),
    points: { show: false },
  }));
}

/** On validation data: the loss dashed, the metrics as in training but heavier; points where they are few. */
function validationLines({ validation }: ChartPlan, colour: Colours): uPlot.Series[] {
  if (validation === null) return [];
  const points = { show: areFew, size: 5 };
  const loss = { stroke: colour("--loss"), width: 2, dash: [...VALIDATION_DASH], points };
  const metrics = Array.from({ length: validation }, (_, index) => ({
    scale: "metric",
    stroke: colour("--ink"),
    width: 2,
    dash: metricDash(index),
    points,
  }));
  return [loss, ...metrics];
}

/** How the loss on validation data is dashed. */
export const VALIDATION_DASH: readonly number[] = [7, 4];

/** How a metric is dashed, by its place among the metrics. */
export function metricDash(index: number): number[] {
  return [2 + 4 * index, 3];
}

/** Up to so many evaluations each have a point. */
const MOST_POINTS = 60;

function areFew(chart: uPlot, line: number): boolean {
  return numbersOf(chart, line).length <= MOST_POINTS;
}

function stepUnderCursor(chart: uPlot): number | null {
  const index = chart.cursor.idx;
  const step = index === null || index === undefined ? undefined : chart.data[0][index];
  return step === undefined ? null : step - 1;
}

/** A loss that grows beyond all bounds still has an axis: the chart's own increments end at 1e32. */
const ALL_SIZES = Array.from({ length: 600 }, (_, power) =>
  [1, 2, 5].map((part) => part * 10 ** (power - 300)),
).flat();

/** More lines than these stand too close. */
const MOST_DECADES = 6;

/** On a logarithmic scale only whole powers of ten have a line, unless that leaves fewer than two; of many some. */
export function decades(_: unknown, splits: number[]): (number | null)[] {
  const powers = splits.map(Math.log10);
  const isDecade = (power: number): boolean => Math.abs(power - Math.round(power)) < 0.01;
  const count = powers.filter(isDecade).length;
  if (count < 2) return splits;
  const every = Math.ceil(count / MOST_DECADES);
  return powers.map((power) => {
    // Far from one the chart's own sums drift off the power: the label is of the power itself.
    return isDecade(power) && Math.round(power) % every === 0 ? 10 ** Math.round(power) : null;
  });
}

function everyLine(_: uPlot, splits: number[]): (number | null)[] {
  return splits;
}

function tickText(tick: number | null): string {
  if (tick === null) return "";
  const size = Math.abs(tick);
  if (size !== 0 && (size < 1e-4 || size >= 1e5))
    return Number(tick.toPrecision(2)).toExponential().replace("e+", "e").replaceAll("-", "\u2212");
  return String(Number(tick.toPrecision(4))).replace("-", "\u2212");
}
