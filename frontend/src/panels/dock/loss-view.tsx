/** The loss curve: this run with its metrics and validation, and earlier ones dim beside it, on a linear or a
logarithmic scale. */
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import { useEditor } from "../../editor/editor";
import type { RunLosses } from "../../run/losses";
import type { Metrics } from "../../run/metrics";
import { useRun } from "../../run/run-store";
import { type Validation, validationOf } from "../../run/validation";
import { useView } from "../../view/view-store";
import { chartData, chartEnd, cutToPresent, extended, hasNegative } from "./chart-data";
import { ChartLegend } from "./chart-legend";
import { optionsFor, sizeOf } from "./chart-options";
import { followReplay } from "./play-head";
import "uplot/dist/uPlot.min.css";

/** The chart with its legend. */
export function LossView(): ReactNode {
  const all = useRun((run) => run.losses);
  const end = useEnd(all.at(-1));
  const losses = useMemo(() => cutToPresent(all, end), [all, end]);
  const kept = useRun((run) => run.metrics);
  const rows = useRun((run) => run.validation);
  const logarithmic = useLossScale().shown === "log";
  const [hover, setHover] = useState<number | null>(null);
  const current = losses.at(-1);
  const count = current?.count ?? 0;
  const metrics = kept?.run === current?.run ? kept : null;
  const validation = useMemo(
    () => (rows?.run === current?.run ? validationOf(rows) : null),
    [rows, current?.run],
  );
  const beside = losses.length > 1 || (metrics?.names.length ?? 0) > 0 || validation !== null;
  return (
    <>
      <div className="loss-view" data-beside={beside}>
        <div
          className="loss-chart"
          role="img"
          aria-label="Loss curve"
          data-points={count}
          data-last={count > 0 ? String(current?.values[count - 1]) : ""}
          data-validation-points={validation?.loss.values.length ?? 0}
          data-validation-last={lastOf(validation)}
        >
          {count > 0 && (
            <Chart
              losses={losses}
              end={end}
              metrics={metrics}
              validation={validation}
              logarithmic={logarithmic}
              onHover={setHover}
            />
          )}
        </div>
        {current && count > 0 && (
          <ChartLegend
            losses={losses}
            metrics={metrics}
            validation={validation}
            step={Math.min(hover ?? count - 1, count - 1)}
          />
        )}
      </div>
      {count === 0 && <p className="dock-empty">No losses yet. Press Train or Step: each step adds one.</p>}
    </>
  );
}

/** The step at which the chart of the present run ends. */
function useEnd(present: RunLosses | undefined): number {
  return useRun(({ status }) => {
    const known = status !== null && status.run === present?.run;
    const going = status?.state === "running" || status?.state === "paused";
    return chartEnd(present?.count ?? 0, { of: known ? status.of : 0, going });
  });
}

/** The newest evaluation as JSON: the loss and each metric by its name. */
function lastOf(validation: Validation | null): string {
  if (validation === null) return "";
  const series = [validation.loss, ...validation.metrics];
  return JSON.stringify(Object.fromEntries(series.map(({ name, values }) => [name, values.at(-1)])));
}

/** Takes earlier runs out of the chart, where there are some; stands among the dock's tools. */
export function ForgetEarlier(): ReactNode {
  const { run } = useEditor();
  const some = useRun(({ losses }) => losses.slice(0, -1).some(({ count }) => count > 0));
  if (!some) return null;
  const forget = (): void => {
    run.losses.forgetEarlier();
    useRun.setState({ losses: run.losses.all() });
  };
  return (
    <button type="button" className="small-button" title="Only this run stays in the chart" onClick={forget}>
      Forget earlier runs
    </button>
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

interface ChartProps {
  readonly losses: readonly RunLosses[];
  /** The step up to which the axis goes. */
  readonly end: number;
  readonly metrics: Metrics | null;
  readonly validation: Validation | null;
  readonly logarithmic: boolean;
  readonly onHover: (index: number | null) => void;
}

function Chart({ losses, end, metrics, validation, logarithmic, onHover }: ChartProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const { run } = useEditor();
  const dark = useView((view) => view.dark);
  const data = useMemo(() => {
    const buckets = Math.max(200, place.current?.clientWidth ?? 800);
    const rows = chartData(losses, metrics, validation, buckets, logarithmic);
    return extended(rows, end) as uPlot.AlignedData;
  }, [losses, end, metrics, validation, logarithmic]);
  const newest = useRef(data);
  newest.current = data;
  const evaluated = validation ? ["validation", ...validation.metrics.map(({ name }) => name)] : [];
  const lines = [...losses.map((kept) => kept.run), ...(metrics?.names ?? []), ...evaluated].join(" ");

  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme, scale or set of lines makes another chart
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const plan = {
      runs: losses.length,
      metrics: metrics?.names.length ?? 0,
      validation: validation?.metrics.length ?? null,
      logarithmic,
      onHover,
    };
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
