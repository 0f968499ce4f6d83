/** Fractional order keys of the Yjs form. The one user of fractional-indexing. */
import { generateNKeysBetween } from "fractional-indexing";
import { compareText, type Fields } from "./yjs-form";

/** A record of a list that is ordered by key. */
export interface Ordered {
  readonly uid: string;
  readonly order: string;
}

/** Keys for `count` records that come after all of these. */
export function keysAfter(records: readonly Ordered[], count: number): string[] {
  let last: string | null = null;
  for (const { order } of records) if (last === null || compareText(order, last) > 0) last = order;
  try {
    return generateNKeysBetween(last, null, count);
  } catch {
    return Array.from({ length: count }, (_, index) => `${last ?? ""}z${String(index).padStart(6, "0")}`);
  }
}

/** Puts `moved` (in their order) before the record `before` (null: at the end), writing as few keys as it can. */
export function placeBefore(
  records: readonly Ordered[],
  moved: readonly string[],
  before: string | null,
  fieldsOf: (uid: string) => Fields | undefined,
): void {
  const moving = new Set(moved);
  const staying = records.filter((record) => !moving.has(record.uid));
  const at = before === null ? -1 : staying.findIndex((record) => record.uid === before);
  const index = at < 0 ? staying.length : at;
  const lower = staying[index - 1]?.order ?? null;
  const upper = staying[index]?.order ?? null;
  const keys = keysBetween(lower, upper, moved.length);
  if (keys) {
    for (const [position, uid] of moved.entries()) fieldsOf(uid)?.set("order", keys[position]);
    return;
  }
  const all = [...staying.slice(0, index).map(uidOf), ...moved, ...staying.slice(index).map(uidOf)];
  const fresh = generateNKeysBetween(null, null, all.length);
  for (const [position, uid] of all.entries()) fieldsOf(uid)?.set("order", fresh[position]);
}

/** Null where there is no room between them (equal keys after a merge) or a key is malformed. */
function keysBetween(lower: string | null, upper: string | null, count: number): string[] | null {
  if (lower !== null && upper !== null && compareText(lower, upper) >= 0) return null;
  try {
    return generateNKeysBetween(lower, upper, count);
  } catch {
    return null;
  }
}

function uidOf(record: Ordered): string {
  return record.uid;
}
