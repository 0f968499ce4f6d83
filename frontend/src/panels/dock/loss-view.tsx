/** The loss curve: this run, and earlier ones dim beside it, on a linear or a logarithmic scale. */
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import { exactNumber, shortNumber } from "../../gradients/number-text";
import type { RunLosses } from "../../run/losses";
import { useRun } from "../../run/run-store";
import { useView } from "../../view/view-store";
import { keepPeaks } from "./downsample";
import "uplot/dist/uPlot.min.css";

/** The chart with its legend. */
export function LossView(): ReactNode {
  const losses = useRun((run) => run.losses);
  const logarithmic = useView((view) => view.lossScale === "log");
  const current = losses.at(-1);
  const count = current?.count ?? 0;
  const last = count > 0 ? current?.values[count - 1] : undefined;
  const [hover, setHover] = useState<number | null>(null);
  const shown = hover ?? count - 1;
  return (
    <>
      <div
        className="loss-chart"
        role="img"
        aria-label="Loss curve"
        data-points={count}
        data-last={last === undefined ? "" : String(last)}
      >
        {count > 0 && <Chart losses={losses} logarithmic={logarithmic} onHover={setHover} />}
      </div>
      {count === 0 && <p className="dock-empty">No losses yet. Press Train or Step: each step adds one.</p>}
      {current && count > 0 && (
        <div className="loss-legend">
          <b>this run</b>
          {losses
            .slice(0, -1)
            .toReversed()
            .map((earlier) => (
              <p key={earlier.run}>{earlier.label}</p>
            ))}
          <p className="mono" title={exactNumber(current.values[shown] ?? Number.NaN)}>
            step {shown + 1}: {shortNumber(current.values[shown] ?? Number.NaN)}
          </p>
        </div>
      )}
    </>
  );
}

/** Linear or logarithmic; stands among the dock's tools. */
export function LossScale(): ReactNode {
  const { lossScale, setLossScale } = useView();
  return (
    <button
      type="button"
      className="small-button"
      aria-label="Logarithmic scale"
      aria-pressed={lossScale === "log"}
      onClick={() => setLossScale(lossScale === "log" ? "linear" : "log")}
    >
      {lossScale}
    </button>
  );
}

interface ChartProps {
  readonly losses: readonly RunLosses[];
  readonly logarithmic: boolean;
  readonly onHover: (index: number | null) => void;
}

function Chart({ losses, logarithmic, onHover }: ChartProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const dark = useView((view) => view.dark);
  const data = useMemo(
    () => dataOf(losses, place.current?.clientWidth ?? 800, logarithmic),
    [losses, logarithmic],
  );
  const series = losses.length;
  const runs = losses.map((run) => run.run).join(" ");
  const newest = useRef(data);
  newest.current = data;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme, scale or set of runs makes another chart
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const made = new uPlot(optionsFor(element, series, logarithmic, onHover), newest.current, element);
    chart.current = made;
    const watcher = new ResizeObserver(() => made.setSize(sizeOf(element)));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [runs, series, logarithmic, dark, onHover]);
  useEffect(() => {
    if (chart.current?.data.length === data.length) chart.current.setData(data);
  }, [data]);
  return <div ref={place} className="loss-plot" />;
}

/** Every run on one axis of steps, thinned; a logarithmic scale leaves out what is not positive. */
function dataOf(losses: readonly RunLosses[], width: number, logarithmic: boolean): uPlot.AlignedData {
  const kept = losses.map((run) => keepPeaks(run.values, run.count, Math.max(200, width)));
  const steps = [...new Set(kept.flat())].sort((one, two) => one - two);
  const lines = losses.map((run, index) => {
    const own = new Set(kept[index]);
    return steps.map((step) => {
      if (!own.has(step)) return step < run.count ? undefined : null;
      const value = run.values[step] ?? null;
      return value === null || !Number.isFinite(value) || (logarithmic && value <= 0) ? null : value;
    });
  });
  return [steps.map((step) => step + 1), ...lines] as uPlot.AlignedData;
}

function optionsFor(
  element: HTMLElement,
  series: number,
  logarithmic: boolean,
  onHover: (index: number | null) => void,
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--faint"),
    font: `10px ${style.getPropertyValue("--mono")}`,
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  return {
    ...sizeOf(element),
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false } },
    scales: { x: { time: false }, y: { distr: logarithmic ? 3 : 1 } },
    axes: [
      { ...axis, grid: { show: false }, size: 22 },
      {
        ...axis,
        size: 52,
        grid: { ...axis.grid, filter: logarithmic ? decades : everyLine },
        filter: logarithmic ? decades : everyLine,
        values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : tickText(tick))),
      },
    ],
    series: [
      {},
      ...Array.from({ length: series }, (_, index) => ({
        stroke: index === series - 1 ? colour("--loss") : colour("--faint"),
        width: index === series - 1 ? 2 : 1,
        points: { show: false },
        spanGaps: false,
      })),
    ],
    hooks: {
      setCursor: [
        (chart) => {
          const index = chart.cursor.idx;
          const step = index === null || index === undefined ? undefined : chart.data[0][index];
          onHover(step === undefined ? null : step - 1);
        },
      ],
    },
  };
}

/** On a logarithmic scale only whole powers of ten have a line, unless that leaves fewer than two. */
function decades(_: uPlot, splits: number[]): (number | null)[] {
  const isDecade = (split: number): boolean =>
    Math.abs(Math.log10(split) - Math.round(Math.log10(split))) < 1e-9;
  if (splits.filter(isDecade).length < 2) return splits;
  return splits.map((split) => (isDecade(split) ? split : null));
}

function everyLine(_: uPlot, splits: number[]): (number | null)[] {
  return splits;
}

function tickText(tick: number): string {
  const size = Math.abs(tick);
  if (size !== 0 && (size < 1e-4 || size >= 1e5)) return tick.toExponential(0).replace("e+", "e");
  return String(Number(tick.toPrecision(4))).replace("-", "\u2212");
}

function sizeOf(element: HTMLElement): { width: number; height: number } {
  return { width: Math.max(120, element.clientWidth), height: Math.max(60, element.clientHeight) };
}
