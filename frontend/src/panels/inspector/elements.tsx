/** The elements of a tensor that is not too large, to be read: its value and its gradient beside each other. */
import { type ReactNode, useState } from "react";
import {
  type Element,
  type ElementRow,
  elementRows,
  exactElement,
  type Nested,
  shortElement,
} from "../../run/tensor-elements";
import { useView } from "../../view/view-store";
import type { Query } from "../../wire/messages";
import { useLiveAnswers } from "./live-answers";

/** Tensors beyond this many elements are told by their figures alone. */
const MOST_ELEMENTS = 1000;

/** What can be shown of a tensor: its value, its gradient, what was deposited. */
export interface ElementsPart {
  readonly name: string;
  readonly query: Query;
  /** Its elements have the colour of their sign. */
  readonly signed: boolean;
}

interface Answer {
  readonly shape: readonly number[] | null;
  readonly value: Nested | null;
}

interface Props {
  readonly of: string;
  readonly shape: readonly number[];
  readonly parts: readonly ElementsPart[];
}

/** Unfolds into the elements; nothing where there is one alone, or where they are too many. */
export function Elements({ of, shape, parts }: Props): ReactNode {
  const open = useView((view) => view.elementsOpen);
  const showElements = useView((view) => view.showElements);
  const count = shape.reduce((product, size) => product * size, 1);
  if (count < 2 || count > MOST_ELEMENTS) return null;
  return (
    <details className="elements" open={open} onToggle={(event) => showElements(event.currentTarget.open)}>
      <summary>{count} elements</summary>
      {open && <Tables of={of} parts={parts} />}
    </details>
  );
}

interface Column {
  readonly name: string;
  readonly signed: boolean;
  readonly rows: readonly ElementRow[];
}

/** Parts of one column stand beside each other; of wider ones one is chosen. */
function Tables({ of, parts }: { readonly of: string; readonly parts: readonly ElementsPart[] }): ReactNode {
  const answers = useLiveAnswers<Answer>(parts.map((part) => part.query));
  const [wished, setWished] = useState<string | null>(null);
  if (answers === null) return <p className="faint">Asking for them…</p>;
  const columns = parts.flatMap(({ name, signed }, index): Column[] => {
    const { value, shape } = answers[index] ?? {};
    return value === null || value === undefined
      ? []
      : [{ name, signed, rows: elementRows(value, shape ?? []) }];
  });
  if (columns.length === 0) return <p className="faint">They are not there yet.</p>;
  if (columns.every((column) => column.rows[0]?.cells.length === 1))
    return <Beside of={of} columns={columns} />;
  const shown = columns.find((column) => column.name === wished) ?? columns[0];
  return (
    <>
      <div className="tensor-tools">
        {columns.map((column) => (
          <button
            key={column.name}
            type="button"
            aria-pressed={column === shown}
            onClick={() => setWished(column.name)}
          >
            {column.name}
          </button>
        ))}
      </div>
      {shown && <Matrix of={of} column={shown} />}
    </>
  );
}

function Beside({ of, columns }: { readonly of: string; readonly columns: readonly Column[] }): ReactNode {
  return (
    <div className="elements-scroll">
      <table aria-label={`Elements of ${of}`}>
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
          {columns[0]?.rows.map(({ place }, row) => (
            <tr key={place}>
              <th scope="row">{place}</th>
              {columns.map(({ name, signed, rows }) => (
                <Cell key={name} element={rows[row]?.cells[0]} signed={signed} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Matrix({ of, column }: { readonly of: string; readonly column: Column }): ReactNode {
  const width = column.rows[0]?.cells.length ?? 0;
  return (
    <div className="elements-scroll">
      <table aria-label={`Elements of ${of}, ${column.name}`}>
        <thead>
          <tr>
            <td />
            {Array.from({ length: width }, (_, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
              <th key={index} scope="col">
                {index}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {column.rows.map(({ place, cells }) => (
            <tr key={place}>
              <th scope="row">{place}</th>
              {cells.map((element, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
                <Cell key={index} element={element} signed={column.signed} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({
  element,
  signed,
}: {
  readonly element: Element | undefined;
  readonly signed: boolean;
}): ReactNode {
  if (element === undefined) return <td />;
  const sign = signed && typeof element === "number" ? Math.sign(element) : 0;
  return (
    <td className={sign > 0 ? "signed-plus" : sign < 0 ? "signed-minus" : ""} title={exactElement(element)}>
      {shortElement(element)}
    </td>
  );
}
