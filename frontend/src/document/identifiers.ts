/** What a node may be called. Knows nothing of documents. */
import { RESERVED_NAMES } from "./python-names";

const LONGEST = 64;

/** Why a text cannot be a node's id, or null where it can. */
export function refusalOfId(id: string): string | null {
  if (id === "") return "A node needs a name.";
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(id))
    return `“${id}” cannot be a name here: use a to z, A to Z, digits and _, and begin with no digit.`;
  if (id.length > LONGEST) return `“${id}” has ${id.length} characters; ${LONGEST} is the most.`;
  if (id.startsWith("__")) return `“${id}” begins with __, which Python keeps for itself.`;
  if (RESERVED_NAMES.has(id)) return `“${id}” already means something in Python: choose another name.`;
  return null;
}

/** A free id for a node of this operation: `add`, then `add_2`; `sum_1` where Python has the name itself. */
export function proposeId(op: string, isTaken: (id: string) => boolean): string {
  const last = op.split(".").at(-1) ?? "";
  const base = last.replace(/[^A-Za-z0-9_]/g, "_").replace(/^[_0-9]+|_+$/g, "");
  const stem = (base || "node").toLowerCase().slice(0, LONGEST - 6);
  if (refusalOfId(stem) === null) return isTaken(stem) ? numbered(stem, 2, isTaken) : stem;
  return numbered(stem, 1, isTaken);
}

/** `id` if it is free, else the first free of `id_2`, `id_3`, …; a number at the end counts on. */
export function freeId(id: string, isTaken: (id: string) => boolean): string {
  if (!isTaken(id)) return id;
  const stem = id.replace(/_\d+$/, "").slice(0, LONGEST - 6);
  return numbered(stem, 2, isTaken);
}

function numbered(stem: string, from: number, isTaken: (id: string) => boolean): string {
  let number = from;
  while (isTaken(`${stem}_${number}`)) number += 1;
  return `${stem}_${number}`;
}
