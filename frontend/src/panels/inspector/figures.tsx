/** The exact figures of a node's tensors or of an edge's gradient, refreshed at the pace of `tick`. */
import type { ReactNode } from "react";
import { upstream } from "../../document/upstream";
import { useSnapshot } from "../../editor/editor";
import { exactNumber } from "../../gradients/number-text";
import {
  type Figures,
  type Frame,
  figure,
  isComplex,
  MAX,
  MEAN,
  MIN,
  NONFINITE,
  NORM,
} from "../../run/frame";
import { type IndexedLayout, useRun } from "../../run/run-store";
import type { OutputRow } from "../../wire/messages";
import { InlineCode } from "../inline-code";
import { Elements, type ElementsPart } from "./elements";

/** The figures of one tensor: a value, a gradient, or a leaf's deposits. */
export interface FigureBlock {
  readonly name: string;
  readonly figures: Figures | null;
  readonly row: number | undefined;
  /** Its mean has the colour of its sign. */
  readonly signed: boolean;
  /** It has one element: its figures are all that element. */
  readonly single: boolean;
}

const LINES: readonly (readonly [string, number])[] = [
  ["norm", NORM],
  ["mean", MEAN],
  ["min", MIN],
  ["max", MAX],
];

/** Every figure in all its digits. */
export function FigureTable({ blocks }: { readonly blocks: readonly FigureBlock[] }): ReactNode {
  return (
    <table className="figures">
      <tbody>{blocks.map((block) => (block.single ? singleLine(block) : allLines(block)))}</tbody>
    </table>
  );
}

function singleLine(block: FigureBlock): ReactNode {
  if (hasNoOrder(block))
    return <Line key={block.name} name={`|${block.name}|`} value={read(block, NORM)} signed={false} strong />;
  return <Line key={block.name} name={block.name} value={read(block, MEAN)} signed={block.signed} strong />;
}

function allLines(block: FigureBlock): ReactNode[] {
  const bad = read(block, NONFINITE) ?? 0;
  return [
    <tr key={block.name}>
      <th colSpan={2} scope="rowgroup" className="figures-name">
        {block.name}
        {read(block, NONFINITE) === null && " none"}
      </th>
    </tr>,
    ...linesOf(block).map(([name, which]) => (
      <Line
        key={`${block.name} ${name}`}
        name={name}
        value={read(block, which)}
        signed={block.signed && which === MEAN}
      />
    )),
    bad > 0 && <Line key={`${block.name} bad`} name="inf, nan" value={bad} signed={false} />,
  ];
}

/** Of complex numbers there is no least, and their mean is not one number. */
function hasNoOrder({ figures, row }: FigureBlock): boolean {
  return figures !== null && row !== undefined && isComplex(figures, row);
}

function linesOf(block: FigureBlock): typeof LINES {
  if (read(block, NONFINITE) === null) return [];
  return hasNoOrder(block) ? LINES.slice(0, 1) : LINES;
}

interface LineProps {
  readonly name: string;
  readonly value: number | null;
  readonly signed: boolean;
  readonly strong?: boolean;
}

function Line({ name, value, signed, strong = false }: LineProps): ReactNode {
  const sign = signed && value ? (value > 0 ? "signed-plus" : "signed-minus") : "";
  return (
    <tr>
      <th scope="row" className={strong ? "figures-name" : ""}>
        {name}
      </th>
      <td className={value === null ? "faint" : sign}>
        {value === null ? "none" : signed && value > 0 ? `+${exactNumber(value)}` : exactNumber(value)}
      </td>
    </tr>
  );
}

function read({ figures, row }: FigureBlock, which: number): number | null {
  return figures === null ? null : figure(figures, row, which);
}

/** The frame and layout that belong together now. */
export function useNumbers(): { readonly frame: Frame | null; readonly layout: IndexedLayout | null } {
  const frame = useRun((run) => run.frame);
  const layout = useRun((run) => run.layout);
  const framed = useRun((run) => run.framed);
  useRun((run) => run.tick);
  return { frame: framed === layout ? frame : null, layout };
}

/** Values and gradients of every output of a node, and what was deposited on a leaf. */
export function NodeFigures({ id }: { readonly id: string }): ReactNode {
  const { frame, layout } = useNumbers();
  const rows = layout?.nodeRows.get(id) ?? [];
  if (rows.length === 0) return <NoValues id={id} />;
  return rows.slice(0, MOST_ROWS).map((row) => {
    const output = layout?.layout.outputs[row];
    return (
      output && <OutputFigures key={output.ref} output={output} row={row} frame={frame} layout={layout} />
    );
  });
}

/** Why a node has no values, and what gives it some. */
function NoValues({ id }: { readonly id: string }): ReactNode {
  const snapshot = useSnapshot();
  const problems = useRun((run) => run.layout?.problems);
  const uid = snapshot.byId.get(id)?.uid;
  const blockers = uid === undefined ? [] : upstream(snapshot, uid).filter((node) => problems?.has(node.id));
  const [nearest] = blockers;
  const why = problems?.has(id)
    ? "see its problem above."
    : nearest
      ? `it waits for \`${nearest.id}\`, which has a problem.`
      : "Forward, Step and Train compute them.";
  return (
    <p className="dim">
      <InlineCode text={`No values yet: ${why}`} />
    </p>
  );
}

const MOST_ROWS = 12;

interface OutputProps {
  readonly output: OutputRow;
  readonly row: number;
  readonly frame: Frame | null;
  readonly layout: IndexedLayout | null;
}

function OutputFigures({ output, row, frame, layout }: OutputProps): ReactNode {
  const leaf = layout?.leafRow.get(output.ref);
  const single = output.shape.every((size) => size === 1);
  const blocks: FigureBlock[] = [
    { name: "value", figures: frame?.values ?? null, row, signed: false, single },
  ];
  if (output.requires_grad)
    blocks.push({ name: "gradient", figures: frame?.gradients ?? null, row, signed: true, single });
  if (leaf !== undefined)
    blocks.push({ name: ".grad", figures: frame?.deposits ?? null, row: leaf, signed: true, single });
  return (
    <div className="box">
      <p className="mono faint">
        {output.ref} ({output.shape.join(", ")}) {output.dtype}
        {output.grad_fn ? ` ${output.grad_fn}` : output.leaf && output.requires_grad ? " leaf" : ""}
      </p>
      <FigureTable blocks={blocks} />
      <Elements of={output.ref} shape={output.shape} parts={partsOf(output, leaf !== undefined)} />
      {!output.requires_grad && <p className="faint">Needs no gradient: none flows here.</p>}
    </div>
  );
}

function partsOf({ ref, requires_grad }: OutputRow, leaf: boolean): ElementsPart[] {
  const parts: ElementsPart[] = [
    { name: "value", query: { what: "tensor", ref, part: "value" }, signed: false },
  ];
  if (requires_grad)
    parts.push({ name: "gradient", query: { what: "tensor", ref, part: "gradient" }, signed: true });
  if (leaf) parts.push({ name: ".grad", query: { what: "tensor", ref, part: "deposit" }, signed: true });
  return parts;
}
