/** The legend of the loss chart: what each line is, and its number at the step under the pointer (else the last). */
import type { ReactNode } from "react";
import { exactNumber, shortNumber } from "../../gradients/number-text";
import { type NewestLoss, newestLoss, type RunLosses } from "../../run/losses";
import type { Metrics } from "../../run/metrics";
import { rowAt, type Validation, type ValidationSeries } from "../../run/validation";
import { metricDash, runColour, VALIDATION_DASH } from "./chart-options";

interface Props {
  readonly losses: readonly RunLosses[];
  readonly metrics: Metrics | null;
  readonly validation: Validation | null;
  /** From 0. */
  readonly step: number;
}

/** The legend. */
export function ChartLegend({ losses, metrics, validation, step }: Props): ReactNode {
  const current = losses.at(-1);
  const width = metrics?.names.length ?? 0;
  const number = String(step + 1).padStart(String(current?.count ?? 0).length, FIGURE_SPACE);
  return (
    <div className="loss-legend">
      <b>this run</b>
      <Entry name={`step ${number}`} value={current?.values[step] ?? Number.NaN} line="loss" />
      {validation && <Evaluated name="validation" series={validation.loss} step={step} line="validation" />}
      {metrics?.names.map((name, index) => (
        <Entry
          key={name}
          name={name}
          value={metrics.values[step * width + index] ?? Number.NaN}
          line="metric"
          dash={metricDash(index)}
        />
      ))}
      {validation?.metrics.map((series, index) => (
        <Evaluated
          key={series.name}
          name={`validation ${series.name}`}
          series={series}
          step={step}
          line="validation-metric"
          dash={metricDash(index)}
        />
      ))}
      {losses
        .slice(0, -1)
        .toReversed()
        .map((earlier, index) => (
          <p key={earlier.run}>
            {earlier.label}
            <Sample line="earlier" colour={`var(${runColour(index + 1)})`} />
          </p>
        ))}
      {current && <BrokenLoss newest={newestLoss(current)} />}
    </div>
  );
}

/** Says since when no loss is finite, which a curve can only leave out, and what to do. */
function BrokenLoss({ newest }: { readonly newest: NewestLoss | null }): ReactNode {
  if (newest === null || newest.brokenSince === null) return null;
  return (
    <div className="loss-broken">
      <strong>No finite loss since step {newest.brokenSince}.</strong> Often the learning rate is too large.
      Reset, then Step, shows which node breaks first.
    </div>
  );
}

/** As wide as a digit: the legend keeps its width while the pointer moves. */
const FIGURE_SPACE = "\u2007";

interface EntryProps {
  readonly name: string;
  readonly value: number;
  readonly line: "loss" | "validation" | "metric" | "validation-metric";
  readonly dash?: readonly number[];
  /** Where the number comes from, if not from this step. */
  readonly from?: string;
}

function Entry({ name, value, line, dash = [], from }: EntryProps): ReactNode {
  return (
    <p className="mono" title={from ? `${exactNumber(value)}, ${from}` : exactNumber(value)}>
      <span className="loss-name">{name}</span>: <span className="loss-value">{shortNumber(value)}</span>
      <Sample line={line} dash={dash} />
    </p>
  );
}

interface SampleProps {
  readonly line: EntryProps["line"] | "earlier";
  readonly dash?: readonly number[];
  readonly colour?: string;
}

/** A piece of the line as the chart draws it. */
function Sample({ line, dash = [], colour }: SampleProps): ReactNode {
  return (
    <svg
      className="loss-sample"
      data-line={line}
      width="22"
      height="8"
      style={{ stroke: colour }}
      aria-hidden="true"
    >
      <line x1="1" y1="4" x2="21" y2="4" strokeDasharray={dash.join(" ")} />
    </svg>
  );
}

interface EvaluatedProps {
  readonly name: string;
  readonly series: ValidationSeries;
  readonly step: number;
  readonly line: "validation" | "validation-metric";
  readonly dash?: readonly number[];
}

/** What the last epoch that had ended by this step gave; nothing before the first. */
function Evaluated({ name, series, step, line, dash = VALIDATION_DASH }: EvaluatedProps): ReactNode {
  const row = rowAt(series, step + 1);
  if (row < 0) return null;
  const value = series.values[row] ?? Number.NaN;
  return <Entry name={name} value={value} line={line} dash={dash} from={`after step ${series.at[row]}`} />;
}
