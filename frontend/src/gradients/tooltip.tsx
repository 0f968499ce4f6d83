/** The exact numbers of what the pointer is over, or the whole of a problem. */
import type { ReactNode } from "react";
import { InlineCode } from "../panels/inline-code";
import { type Figures, figure, isComplex, MAX, MEAN, MIN, NONFINITE, NORM } from "../run/frame";
import { type IndexedLayout, type Run, useRun } from "../run/run-store";
import type { Problem } from "../wire/messages";
import { exactNumber } from "./number-text";
import "./gradients.css";

/** What is pointed at: a node's or an edge's id. */
export interface Target {
  readonly node: string | null;
  readonly edge: string | null;
  /** The node's operation. */
  readonly op: string | null;
}

interface Props {
  readonly run: Run;
  readonly target: Target;
  readonly x: number;
  readonly y: number;
  /** The size of the canvas: the tooltip stays inside. */
  readonly width: number;
  readonly height: number;
}

const WIDTH = 270;
const GAP = 16;

/** Stands beside the pointer; its numbers follow at the run store's pace. */
export function Tooltip({ run, target, x, y, width, height }: Props): ReactNode {
  useRun(({ tick }) => tick);
  const content =
    target.edge !== null ? (
      <EdgeLines run={run} edge={target.edge} />
    ) : (
      <NodeLines run={run} id={target.node ?? ""} op={target.op} />
    );
  const left = x + GAP + WIDTH > width ? Math.max(4, x - GAP - WIDTH) : x + GAP;
  const below = y < height * 0.55;
  return (
    <div
      className="gradient-tooltip"
      role="tooltip"
      style={{ left, width: WIDTH, ...(below ? { top: y + GAP } : { bottom: height - y + GAP }) }}
    >
      {content}
    </div>
  );
}

function EdgeLines({ run, edge }: { readonly run: Run; readonly edge: string }): ReactNode {
  const { layout, frame } = run;
  const row = layout?.edgeRow.get(edge);
  const why = row === undefined ? null : (layout?.layout.edges[row]?.why ?? null);
  const shown =
    frame && !frame.withoutGradients && row !== undefined && figure(frame.edges, row, NORM) !== null;
  return (
    <>
      <h3>gradient of {edge}</h3>
      {shown ? <FigureLines figures={frame.edges} row={row} /> : <p>{noneOf(why, layout !== null)}</p>}
    </>
  );
}

function noneOf(why: string | null, evaluated: boolean): string {
  if (why !== null) return `No gradient: ${why}.`;
  return evaluated ? "No gradient flows here." : "Not evaluated yet.";
}

interface NodeProps {
  readonly run: Run;
  readonly id: string;
  readonly op: string | null;
}

function NodeLines({ run, id, op }: NodeProps): ReactNode {
  const { layout, frame } = run;
  const rows = layout?.nodeRows.get(id) ?? [];
  const problems = layout?.problems.get(id) ?? [];
  return (
    <>
      <h3>{id}</h3>
      {op !== null && <p className="tooltip-note">{op}</p>}
      {problems.map((problem) => (
        <ProblemLines key={`${problem.where} ${problem.code}`} problem={problem} />
      ))}
      {frame !== null &&
        layout !== null &&
        rows
          .slice(0, 6)
          .map((row) => <OutputLines key={row} layout={layout} run={run} row={row} many={rows.length > 1} />)}
    </>
  );
}

function ProblemLines({ problem }: { readonly problem: Problem }): ReactNode {
  return (
    <p className="tooltip-problem">
      <InlineCode text={problem.message} />
      <em>
        <InlineCode text={problem.help} />
      </em>
    </p>
  );
}

interface OutputProps {
  readonly layout: IndexedLayout;
  readonly run: Run;
  readonly row: number;
  readonly many: boolean;
}

function OutputLines({ layout, run, row, many }: OutputProps): ReactNode {
  const { frame } = run;
  const output = layout.layout.outputs[row];
  if (!frame || !output) return null;
  const deposit = layout.leafRow.get(output.ref);
  const single = output.shape.every((length) => length === 1);
  return (
    <>
      <p className="tooltip-note">
        {many ? `${output.ref} ` : ""}[{output.shape.join(", ")}] {output.dtype} {output.grad_fn ?? ""}
      </p>
      <Part name="value" figures={frame.values} row={row} single={single} />
      <Part name="gradient" figures={frame.gradients} row={row} single={single} />
      {deposit !== undefined && <Part name=".grad" figures={frame.deposits} row={deposit} single={single} />}
    </>
  );
}

interface PartProps {
  readonly name: string;
  readonly figures: Figures;
  readonly row: number;
  readonly single: boolean;
}

function Part({ name, figures, row, single }: PartProps): ReactNode {
  const norm = figure(figures, row, NORM);
  if (norm === null) {
    return (
      <dl>
        <dt>{name}</dt>
        <dd>none</dd>
      </dl>
    );
  }
  if (single) {
    const complex = isComplex(figures, row);
    return (
      <dl>
        <dt>{complex ? `|${name}|` : name}</dt>
        <dd>{exactNumber(complex ? norm : (figure(figures, row, MEAN) ?? Number.NaN))}</dd>
      </dl>
    );
  }
  return (
    <>
      <h4>{name}</h4>
      <FigureLines figures={figures} row={row} />
    </>
  );
}

const LINES = [
  ["norm", NORM],
  ["mean", MEAN],
  ["min", MIN],
  ["max", MAX],
] as const;

function FigureLines({ figures, row }: { readonly figures: Figures; readonly row: number }): ReactNode {
  const notFinite = figure(figures, row, NONFINITE) ?? 0;
  const lines = isComplex(figures, row) ? LINES.slice(0, 1) : LINES;
  return (
    <dl>
      {lines.map(([name, which]) => [
        <dt key={name}>{name}</dt>,
        <dd key={`${name} value`}>{exactNumber(figure(figures, row, which) ?? Number.NaN)}</dd>,
      ])}
      {notFinite > 0 && (
        <>
          <dt>not finite</dt>
          <dd>{notFinite}</dd>
        </>
      )}
    </dl>
  );
}
