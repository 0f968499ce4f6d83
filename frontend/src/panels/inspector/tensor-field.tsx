/** The field of a tensor's data: its text, and its cells in a small table that takes rows of a spreadsheet. */
import { type ClipboardEvent, type ReactNode, useEffect, useMemo, useRef } from "react";
import { numberText, readArgument, readCells } from "../../arguments/argument-text";
import { literalOfCells, pasteCells, readTensorData, type TensorData } from "../../arguments/tensor-data";
import type { Argument } from "../../catalog/types";
import { shortNumber } from "../../gradients/number-text";
import { TextField } from "./text-field";

/** Text beyond this length is not put into a field: it is summarised. */
const LONGEST_TEXT = 20_000;

interface Props {
  readonly argument: Argument;
  readonly literal: string | undefined;
  readonly onSet: (literal: string | null) => void;
}

/** Text and cells of a `data` argument. */
export function TensorField({ argument, literal, onSet }: Props): ReactNode {
  const data = useMemo(() => (literal === undefined ? null : readTensorData(literal)), [literal]);
  const large = (literal?.length ?? 0) > LONGEST_TEXT;
  return (
    <div>
      <TextField
        label={argument.name}
        value={large ? "" : (literal ?? "")}
        placeholder={large ? "paste numbers to replace these" : "1.0, 2.0 or rows of a spreadsheet"}
        required={argument.required}
        lines={3}
        onCommit={(text) => {
          const reading = readArgument(argument, text);
          if (large && text.trim() === "") return null;
          if (reading.literal === undefined) return reading.refusal;
          onSet(reading.literal);
          return null;
        }}
      />
      {data && <Summary data={data} />}
      {data?.cells && <Cells data={data} cells={data.cells} onSet={onSet} />}
    </div>
  );
}

function Summary({ data }: { readonly data: TensorData }): ReactNode {
  const shape = data.shape.length === 0 ? "a number" : `(${data.shape.join(", ")})`;
  const range = data.count > 1 && data.kind !== "bool";
  return (
    <p className="tensor-tools mono">
      {shape} {data.kind}
      {range && ` · ${shortNumber(data.low)} to ${shortNumber(data.high)} · mean ${shortNumber(data.mean)}`}
    </p>
  );
}

interface CellsProps {
  readonly data: TensorData;
  readonly cells: readonly (readonly string[])[];
  readonly onSet: (literal: string) => void;
}

function Cells({ data, cells, onSet }: CellsProps): ReactNode {
  const rank = data.shape.length;
  const put = (next: readonly (readonly string[])[]): void => onSet(literalOfCells(next, rank));
  const width = cells[0]?.length ?? 0;
  const zero = data.kind === "float" ? "0.0" : data.kind === "bool" ? "false" : "0";
  const onPaste = (event: ClipboardEvent<HTMLElement>): void => {
    const block = readCells(event.clipboardData.getData("text"));
    const { row, column } = (event.target as HTMLElement).dataset;
    if (block === null || row === undefined || column === undefined) return;
    if (block.length === 1 && block[0]?.length === 1) return;
    event.preventDefault();
    put(pasteCells(cells, block, Number(row), Number(column)));
  };
  const dropLastRow = (): void => put(cells.slice(0, -1));
  return (
    <>
      <fieldset className="tensor-cells" aria-label="Cells" onPaste={onPaste}>
        <table>
          <tbody>
            {cells.map((row, y) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
              <tr key={y}>
                {row.map((cell, x) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
                  <td key={x}>
                    <Cell
                      row={y}
                      column={x}
                      text={cell}
                      onSet={(text) => put(pasteCells(cells, [[text]], y, x))}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </fieldset>
      <div className="tensor-tools">
        <button type="button" onClick={() => put([...cells, Array.from({ length: width }, () => zero)])}>
          Add a row
        </button>
        <button type="button" onClick={() => put(cells.map((row) => [...row, zero]))}>
          Add a column
        </button>
        {cells.length > 1 && (
          <button type="button" onClick={dropLastRow}>
            Drop a row
          </button>
        )}
      </div>
    </>
  );
}

interface CellProps {
  readonly row: number;
  readonly column: number;
  readonly text: string;
  readonly onSet: (text: string) => void;
}

function Cell({ row, column, text, onSet }: CellProps): ReactNode {
  const field = useRef<HTMLInputElement>(null);
  // The element stays when its number changes, so that the focus in it is not lost.
  useEffect(() => {
    if (field.current) field.current.value = text;
  }, [text]);
  const commit = (field: HTMLInputElement): void => {
    const typed = field.value.trim().toLowerCase();
    const number = typed === "true" || typed === "false" ? typed : numberText(typed);
    field.setAttribute("aria-invalid", String(number === null));
    if (number !== null && number !== text) onSet(number);
  };
  return (
    <input
      ref={field}
      defaultValue={text}
      data-row={row}
      data-column={column}
      aria-label={`row ${row + 1} column ${column + 1}`}
      autoComplete="off"
      onBlur={(event) => commit(event.target)}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit(event.currentTarget);
        if (event.key === "Escape") event.currentTarget.value = text;
      }}
    />
  );
}
