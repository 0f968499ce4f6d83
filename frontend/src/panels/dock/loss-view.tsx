/** The loss curve: this run with its metrics, and earlier ones dim beside it, on a linear or a logarithmic scale. */
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import { useEditor } from "../../editor/editor";
import { exactNumber, shortNumber } from "../../gradients/number-text";
import type { RunLosses } from "../../run/losses";
import type { Metrics } from "../../run/metrics";
import { useRun } from "../../run/run-store";
import { useView } from "../../view/view-store";
import { chartData, hasNegative } from "./chart-data";
import { optionsFor, sizeOf } from "./chart-options";
import { followReplay } from "./play-head";
import "uplot/dist/uPlot.min.css";

/** The chart with its legend. */
export function LossView(): ReactNode {
  const losses = useRun((run) => run.losses);
  const kept = useRun((run) => run.metrics);
  const logarithmic = useLossScale().shown === "log";
  const [hover, setHover] = useState<number | null>(null);
  const current = losses.at(-1);
  const count = current?.count ?? 0;
  const metrics = kept?.run === current?.run ? kept : null;
  return (
    <>
      <div
        className="loss-chart"
        role="img"
        aria-label="Loss curve"
        data-points={count}
        data-last={count > 0 ? String(current?.values[count - 1]) : ""}
      >
        {count > 0 && (
          <Chart losses={losses} metrics={metrics} logarithmic={logarithmic} onHover={setHover} />
        )}
      </div>
      {count === 0 && <p className="dock-empty">No losses yet. Press Train or Step: each step adds one.</p>}
      {current && count > 0 && (
        <Legend losses={losses} metrics={metrics} step={Math.min(hover ?? count - 1, count - 1)} />
      )}
    </>
  );
}

/** Linear or logarithmic; stands among the dock's tools. */
export function LossScale(): ReactNode {
  const { shown, negative } = useLossScale();
  const setLossScale = useView((view) => view.setLossScale);
  return (
    <button
      type="button"
      className="small-button"
      aria-label="Logarithmic scale"
      aria-pressed={shown === "log"}
      disabled={negative}
      title={
        negative ? "A loss below zero has no place on a logarithmic scale" : "Linear or logarithmic scale"
      }
      onClick={() => setLossScale(shown === "log" ? "linear" : "log")}
    >
      {shown}
    </button>
  );
}

/** The scale that is wished, but linear where a loss is below zero: a curve that ends there would tell a lie. */
function useLossScale(): { readonly shown: "linear" | "log"; readonly negative: boolean } {
  const wished = useView((view) => view.lossScale);
  const current = useRun((run) => run.losses.at(-1));
  const negative = useMemo(() => hasNegative(current), [current]);
  return { shown: negative ? "linear" : wished, negative };
}

interface LegendProps {
  readonly losses: readonly RunLosses[];
  readonly metrics: Metrics | null;
  readonly step: number;
}

function Legend({ losses, metrics, step }: LegendProps): ReactNode {
  const loss = losses.at(-1)?.values[step] ?? Number.NaN;
  const width = metrics?.names.length ?? 0;
  return (
    <div className="loss-legend" data-metrics={width > 0}>
      <b>this run</b>
      {losses
        .slice(0, -1)
        .toReversed()
        .map((earlier) => (
          <p key={earlier.run}>{earlier.label}</p>
        ))}
      <p className="mono" title={exactNumber(loss)}>
        step {step + 1}: {shortNumber(loss)}
      </p>
      {metrics?.names.map((name, index) => (
        <p key={name} className="mono">
          {name}: {shortNumber(metrics.values[step * width + index] ?? Number.NaN)}
        </p>
      ))}
    </div>
  );
}

interface ChartProps {
  readonly losses: readonly RunLosses[];
  readonly metrics: Metrics | null;
  readonly logarithmic: boolean;
  readonly onHover: (index: number | null) => void;
}

function Chart({ losses, metrics, logarithmic, onHover }: ChartProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const { run } = useEditor();
  const dark = useView((view) => view.dark);
  const data = useMemo(() => {
    const buckets = Math.max(200, place.current?.clientWidth ?? 800);
    return chartData(losses, metrics, buckets, logarithmic) as uPlot.AlignedData;
  }, [losses, metrics, logarithmic]);
  const newest = useRef(data);
  newest.current = data;
  const lines = [...losses.map((kept) => kept.run), ...(metrics?.names ?? [])].join(" ");

  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme, scale or set of lines makes another chart
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const plan = { runs: losses.length, metrics: metrics?.names.length ?? 0, logarithmic, onHover };
    const made = new uPlot(optionsFor(element, plan), newest.current, element);
    chart.current = made;
    const watcher = new ResizeObserver(() => made.setSize(sizeOf(element)));
    watcher.observe(element);
    const stop = followReplay(made, run);
    return () => {
      stop();
      watcher.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [lines, logarithmic, dark, onHover, run]);
  useEffect(() => {
    if (chart.current?.data.length === data.length) chart.current.setData(data);
  }, [data]);
  return <div ref={place} className="loss-plot" />;
}
