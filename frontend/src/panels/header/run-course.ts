/** How far a run was to go: at rest a status tells only where it stands, and that is no end. Knows nothing of React. */
import type { Status } from "../../wire/messages";

/** How far a run was to go, and where it ended: there, or where it was stopped. */
export interface RunCourse {
  readonly run: number;
  readonly of: number;
  /** Null while it goes on or pauses. */
  readonly endedAt: number | null;
}

/** A status with what the page has seen of the run. */
export interface ToldStatus extends Status {
  /** Ended before it had come to `of`. */
  readonly stopped?: boolean;
}

/** The course after one more status; null where nothing is known, or nothing is left of what ended. */
export function followCourse(before: RunCourse | null, { state, run, step, of }: Status): RunCourse | null {
  if (state === "running" || state === "paused") return { run, of, endedAt: null };
  if (before === null || before.run !== run) return null;
  if (before.endedAt !== null && before.endedAt !== step) return null;
  return { ...before, endedAt: step };
}

/** The status with a target that is true. The server names the steps of the graph, or more where the run stands beyond
them: whether somebody meant to go just there only a page knows that saw the run. `of` is 0 where nobody knows. */
export function toldStatus(status: Status, course: RunCourse | null, steps: number | null): ToldStatus {
  if (course !== null && course.endedAt !== null) {
    const of = Math.max(course.of, status.step);
    return { ...status, of, stopped: status.step < of };
  }
  const isMet = status.step === status.of && status.of !== steps;
  return status.state === "idle" && isMet ? { ...status, of: 0 } : status;
}
