/** The ledger of a leaf: what was deposited into its `.grad`, through which edges, and when it was emptied. */
import type { ReactNode } from "react";
import { signedNumber } from "../../gradients/number-text";
import { useWire } from "../../wire/wire-store";
import { useLiveAnswers } from "./live-answers";

interface Part {
  readonly norm?: number | null;
  readonly mean?: number | null;
}

interface Entry {
  readonly step: number;
  readonly verb: string;
  readonly edges: Readonly<Record<string, Part | null>>;
  readonly deposit: Part | null;
}

const EMPTY = "Nothing was deposited yet: press Backward, Step or Train.";
const UNKNOWN = "What was deposited is known once the server answers again.";

/** The newest entries first. */
export function Ledger({ leaf }: { readonly leaf: string }): ReactNode {
  const found = useLiveAnswers<readonly Entry[]>([{ what: "ledger", ref: leaf }])?.[0];
  const online = useWire((connection) => connection.connection === "online");
  const entries = Array.isArray(found) ? (found as readonly Entry[]) : null;
  return (
    <section aria-label="Gradient ledger">
      <h3 className="inspector-heading">Gradient ledger</h3>
      <div className="box">
        {entries === null || entries.length === 0 ? (
          <p className="faint">{entries === null && !online ? UNKNOWN : EMPTY}</p>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard
          <ol className="ledger" tabIndex={0}>
            {entries.toReversed().flatMap((entry, index) => rowsOf(entry, entries.length - index))}
          </ol>
        )}
      </div>
    </section>
  );
}

function rowsOf(entry: Entry, key: number): ReactNode[] {
  if (entry.verb === "zero" || entry.verb === "update")
    return [
      <li key={key} className="ledger-row">
        <span>{entry.verb === "zero" ? "zero_()" : `update after step ${entry.step}`}</span>
        {entry.verb === "zero" && <b className="faint">0</b>}
      </li>,
    ];
  const parts = Object.entries(entry.edges);
  const lines = parts.length > 0 ? parts : [["", entry.deposit] as const];
  return lines.map(([edge, part]) => (
    <li key={`${key} ${edge}`} className="ledger-row">
      <span title={edge}>
        {entry.verb === "backward" ? "backward" : `step ${entry.step + 1}`}
        {edge && ` via ${edge}`}
      </span>
      <Mean part={part} />
    </li>
  ));
}

function Mean({ part }: { readonly part: Part | null }): ReactNode {
  const mean = part?.mean;
  if (mean === null || mean === undefined) return <b className="faint">none</b>;
  return (
    <b className={mean > 0 ? "signed-plus" : mean < 0 ? "signed-minus" : "faint"}>{signedNumber(mean)}</b>
  );
}
