/** By how much the view moves to show a box that it does not show. Pure geometry, in pixels of the canvas' corner. */

/** A rectangle on the canvas. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The smallest move that brings a box into the room that is free of everything: (0, 0) where it is seen wholly already,
in the room or beside what lies over the canvas. `covers` is asked only for a box that is not in the room. */
export function moveToShow(
  box: Box,
  canvas: Box,
  room: Box,
  covers: () => readonly Box[],
): { readonly right: number; readonly down: number } {
  const isSeen = isInside(box, room) || (isInside(box, canvas) && !covers().some((it) => overlaps(box, it)));
  if (isSeen) return { right: 0, down: 0 };
  return {
    right: beyond(box.left, box.right, room.left, room.right),
    down: beyond(box.top, box.bottom, room.top, room.bottom),
  };
}

/** How far a stretch lies beyond another, negative before it; of one that is too long the beginning is shown. */
function beyond(start: number, end: number, least: number, most: number): number {
  if (start < least || end - start > most - least) return start - least;
  return Math.max(0, end - most);
}

function isInside(box: Box, { left, top, right, bottom }: Box): boolean {
  return box.left >= left && box.right <= right && box.top >= top && box.bottom <= bottom;
}

function overlaps(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
