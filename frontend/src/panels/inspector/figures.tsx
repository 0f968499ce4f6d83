/** The exact figures of a node's tensors or of an edge's gradient, refreshed at the pace of `tick`. */
import type { ReactNode } from "react";
import { exactNumber, shortNumber, signedNumber } from "../../gradients/number-text";
import { type Figures, type Frame, figure, MAX, MEAN, MIN, NONFINITE, NORM } from "../../run/frame";
import { type IndexedLayout, useRun } from "../../run/run-store";
import type { OutputRow } from "../../wire/messages";

/** One column of figures. */
export interface FigureColumn {
  readonly name: string;
  readonly figures: Figures | null;
  readonly row: number | undefined;
  /** Its mean has the colour of its sign. */
  readonly signed: boolean;
}

const LINES: readonly (readonly [string, number])[] = [
  ["norm", NORM],
  ["mean", MEAN],
  ["min", MIN],
  ["max", MAX],
];

/** A table of norm, mean, min, max; the exact number stands on hover. */
export function FigureTable({ columns }: { readonly columns: readonly FigureColumn[] }): ReactNode {
  const bad = columns.some((column) => (read(column, NONFINITE) ?? 0) > 0);
  const lines = bad ? [...LINES, ["inf, nan", NONFINITE] as const] : LINES;
  return (
    <table className="figures">
      <thead>
        <tr>
          <td />
          {columns.map((column) => (
            <th key={column.name} scope="col">
              {column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {lines.map(([name, which]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {columns.map((column) => (
              <Figure
                key={column.name}
                value={read(column, which)}
                signed={column.signed && which === MEAN}
              />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Figure({ value, signed }: { readonly value: number | null; readonly signed: boolean }): ReactNode {
  if (value === null) return <td className="faint">none</td>;
  const sign = signed && value !== 0 ? (value > 0 ? "signed-plus" : "signed-minus") : "";
  return (
    <td className={sign} title={exactNumber(value)}>
      {signed ? signedNumber(value) : shortNumber(value)}
    </td>
  );
}

function read({ figures, row }: FigureColumn, which: number): number | null {
  return figures === null ? null : figure(figures, row, which);
}

/** The frame and layout that belong together now. */
export function useNumbers(): { readonly frame: Frame | null; readonly layout: IndexedLayout | null } {
  const frame = useRun((run) => run.frame);
  const layout = useRun((run) => run.layout);
  useRun((run) => run.tick);
  return { frame: frame?.layout === layout?.layout.layout ? frame : null, layout };
}

/** Values and gradients of every output of a node, and what was deposited on a leaf. */
export function NodeFigures({ id }: { readonly id: string }): ReactNode {
  const { frame, layout } = useNumbers();
  const rows = layout?.nodeRows.get(id) ?? [];
  if (rows.length === 0)
    return (
      <p className="dim">No values yet: this node did not run. See its problems, or wire what is missing.</p>
    );
  return rows.slice(0, MOST_ROWS).map((row) => {
    const output = layout?.layout.outputs[row];
    return (
      output && <OutputFigures key={output.ref} output={output} row={row} frame={frame} layout={layout} />
    );
  });
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
  const columns: FigureColumn[] = [{ name: "value", figures: frame?.values ?? null, row, signed: false }];
  if (output.requires_grad)
    columns.push({ name: "gradient", figures: frame?.gradients ?? null, row, signed: true });
  if (leaf !== undefined)
    columns.push({ name: ".grad", figures: frame?.deposits ?? null, row: leaf, signed: true });
  return (
    <div className="box">
      <p className="mono faint">
        {output.ref} ({output.shape.join(", ")}) {output.dtype}
        {output.grad_fn ? ` ${output.grad_fn}` : output.leaf && output.requires_grad ? " leaf" : ""}
      </p>
      <FigureTable columns={columns} />
      {!output.requires_grad && <p className="faint">Needs no gradient: none flows here.</p>}
    </div>
  );
}
