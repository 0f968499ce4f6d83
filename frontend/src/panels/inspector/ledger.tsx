/** The ledger of a leaf: what was deposited into its `.grad`, through which edges, and when it was emptied. */
import { type ReactNode, useEffect, useState } from "react";
import { useEditor } from "../../editor/editor";
import { signedNumber } from "../../gradients/number-text";
import { useRun } from "../../run/run-store";

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

/** How often a running leaf's ledger is asked for. */
const ASK_EVERY_MS = 1000;

/** The newest entries first. */
export function Ledger({ leaf }: { readonly leaf: string }): ReactNode {
  const entries = useLedger(leaf);
  return (
    <section aria-label="Gradient ledger">
      <h3 className="inspector-heading">Gradient ledger</h3>
      <div className="box">
        {entries === null || entries.length === 0 ? (
          <p className="faint">Nothing was deposited yet: press Backward, Step or Train.</p>
        ) : (
          <ol className="ledger">
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

function useLedger(leaf: string): readonly Entry[] | null {
  const { wire } = useEditor();
  const [entries, setEntries] = useState<readonly Entry[] | null>(null);
  const tick = useRun((run) => run.tick);
  const running = useRun((run) => run.status?.state === "running");
  // biome-ignore lint/correctness/useExhaustiveDependencies: new numbers make the ledger stale
  useEffect(() => {
    let current = true;
    const ask = async (): Promise<void> => {
      const found = await wire.query<readonly Entry[]>({ what: "ledger", ref: leaf }).catch(() => null);
      if (current) setEntries(Array.isArray(found) ? found : null);
    };
    const timer = setTimeout(() => void ask(), running ? ASK_EVERY_MS : 60);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [wire, leaf, running, running ? Math.floor(tick / 4) : tick]);
  return entries;
}
