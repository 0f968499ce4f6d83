/** All keys, as the key table has them. */
import type { ReactNode } from "react";
import { type KeyRow, shownKey } from "../../keys/table";
import { Dialog } from "./dialog";

const GROUPS: readonly KeyRow["group"][] = ["Canvas", "Edit", "Run", "File", "View"];

/** The table by group. */
export function KeysDialog({ rows }: { readonly rows: readonly KeyRow[] }): ReactNode {
  return (
    <Dialog title="Keys">
      <div className="key-groups">
        {GROUPS.map((group) => (
          <section key={group} className="key-group">
            <h3>{group}</h3>
            <dl>
              {rows
                .filter((row) => row.group === group)
                .map((row) => (
                  <Row key={row.what} row={row} />
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

const ARROWS: Readonly<Record<string, string>> = { Right: "→", Left: "←", Up: "↑", Down: "↓" };

function Row({ row }: { readonly row: KeyRow }): ReactNode {
  const arrows = row.keys.length === 4 && row.keys.every((key) => key.includes("Arrow"));
  const named = arrows ? ["Shift+arrows"] : row.keys;
  const keys = named.map((key) =>
    shownKey(key).replace(/Arrow(\w+)/, (_, side: string) => ARROWS[side] ?? side),
  );
  return (
    <>
      <dt>{row.what}</dt>
      <dd>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dd>
    </>
  );
}
