/** The loss that a frame tells, also where it is no number. Knows nothing of React. */
import { type Frame, figure, MEAN, NONFINITE } from "../../run/frame";
import type { IndexedLayout } from "../../run/run-store";

/** The step of a frame and its loss, null where there is none. */
export interface FrameLoss {
  readonly step: number;
  readonly loss: number | null;
}

/** Reads a frame that fits the layout. Its own field is NaN where there is no loss and where it is no number: the figures
of the loss node's value tell these apart. */
export function frameLoss(frame: Frame | null, layout: IndexedLayout | null): FrameLoss | null {
  if (frame === null) return null;
  const { step, loss } = frame;
  if (!Number.isNaN(loss)) return { step, loss };
  const row = layout?.outputRow.get(layout.layout.loss ?? "");
  const isBroken = (figure(frame.values, row, NONFINITE) ?? 0) > 0;
  return { step, loss: isBroken ? figure(frame.values, row, MEAN) : null };
}
