/** Whether a run was ended before its target: a status tells only the step where it stands. Knows nothing of React. */
import type { Status } from "../../wire/messages";

/** How far a run was to go, and where it was stopped before that. */
export interface RunCourse {
  readonly run: number;
  readonly of: number;
  /** Null while it goes on or pauses. */
  readonly stoppedAt: number | null;
}

/** The course after one more status; null where nothing is known, or nothing is left of what was stopped. */
export function followCourse(before: RunCourse | null, { state, run, step, of }: Status): RunCourse | null {
  if (state === "running" || state === "paused") return { run, of, stoppedAt: null };
  if (before === null || before.run !== run || step >= before.of) return null;
  if (before.stoppedAt !== null && before.stoppedAt !== step) return null;
  return { ...before, stoppedAt: step };
}
