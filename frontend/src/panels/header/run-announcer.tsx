/** Reads out when a run starts, pauses, ends or fails. Seen by nobody, heard by screen readers. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useRun } from "../../run/run-store";
import type { RunState, Status } from "../../wire/messages";

/** A polite live region. */
export function RunAnnouncer(): ReactNode {
  const status = useRun((run) => run.status);
  const before = useRun((run) => run.status?.state ?? "starting");
  const last = useRef<RunState>(before);
  const [words, setWords] = useState("");
  useEffect(() => {
    if (status === null || status.state === last.current) return;
    const said = wordsFor(last.current, status);
    last.current = status.state;
    if (said !== "") setWords(said);
  }, [status]);
  return (
    <p className="visually-hidden" aria-live="polite">
      {words}
    </p>
  );
}

/** What is said when a run goes from one state to another; "" for nothing. */
export function wordsFor(before: RunState, { state, step, problem }: Status): string {
  if (state === "running") return before === "paused" ? "Training goes on." : "Training started.";
  if (state === "paused") return `Paused at step ${step}.`;
  if (state === "failed") return `The run failed. ${problem?.message ?? ""}`.trim();
  if (state === "lost") return "The worker was lost.";
  return before === "running" || before === "paused" ? `Training ended at step ${step}.` : "";
}
