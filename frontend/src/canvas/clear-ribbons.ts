/** Moves cards out of the way of the edges that pass their column: a ribbon behind a card is not seen. Pure. */

/** A card that is being placed. */
export interface Box {
  readonly uid: string;
  readonly width: number;
  readonly height: number;
  x: number;
  y: number;
}

/** How near, above and below, a card may come to an edge that passes it. */
const CLEARANCE = 16;
/** In larger graphs there is no way around. */
const MOST_BOXES = 200;

/** Moves cards up or down, whichever is less, from every edge that skips their column; cards keep `gap` apart. */
export function clearRibbons(
  columns: readonly Box[][],
  edges: readonly { readonly source: string; readonly target: string }[],
  gap: number,
): void {
  const numbers = new Map(
    columns.flatMap((column, number) => column.map((box) => [box.uid, number] as const)),
  );
  if (numbers.size > MOST_BOXES) return;
  const boxes = new Map(columns.flat().map((box) => [box.uid, box]));
  const spans = edges.map(({ source, target }) => ({
    from: boxes.get(source),
    to: boxes.get(target),
    between: columns.slice((numbers.get(source) ?? 0) + 1, numbers.get(target) ?? 0),
  }));
  // A card that has moved takes its own edges along: what they meet is looked at once more.
  for (let pass = 0; pass < 2; pass += 1)
    for (const { from, to, between } of spans)
      if (from && to) for (const column of between) clearColumn(column, from, to, gap);
}

function clearColumn(column: Box[], from: Box, to: Box, gap: number): void {
  for (const box of column) {
    const ends = [heightAt(from, to, box.x), heightAt(from, to, box.x + box.width)];
    const [top, bottom] = [Math.min(...ends) - CLEARANCE, Math.max(...ends) + CLEARANCE];
    if (box.y >= bottom || box.y + box.height <= top) continue;
    const up = box.y + box.height - top;
    const down = bottom - box.y;
    push(column, box, up < down ? -up : down, gap);
  }
}

/** How high an edge is at some place: it leaves and arrives horizontally. */
function heightAt(from: Box, to: Box, x: number): number {
  const [x1, x2] = [from.x + from.width, to.x];
  const [y1, y2] = [from.y + from.height / 2, to.y + to.height / 2];
  const t = Math.max(0, Math.min(1, (x - x1) / (x2 - x1)));
  return y1 + (y2 - y1) * t * t * (3 - 2 * t);
}

/** Moves a card, and before it whatever stands in its way. */
function push(column: readonly Box[], box: Box, by: number, gap: number): void {
  box.y += by;
  const ahead = column.filter(
    (other) => other !== box && (by < 0 ? other.y <= box.y - by : other.y >= box.y - by),
  );
  ahead.sort((one, two) => (by < 0 ? two.y - one.y : one.y - two.y));
  let last = box;
  for (const other of ahead) {
    const least = by < 0 ? last.y - gap - other.height : last.y + last.height + gap;
    if (by < 0 ? other.y <= least : other.y >= least) break;
    other.y = least;
    last = other;
  }
}
