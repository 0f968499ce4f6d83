/** Asks the worker about what is selected, again whenever its numbers are new. */
import { useEffect, useState } from "react";
import { useEditor } from "../../editor/editor";
import { useRun } from "../../run/run-store";
import type { Query } from "../../wire/messages";
import { useWire } from "../../wire/wire-store";

/** After the numbers came at rest: several in a row (typing) are one question. */
const SETTLE_MS = 60;

/** The newest answers, in the order of the questions: null where one was refused; null altogether before the first.
Without a connection nothing is asked, and what was answered stays. */
export function useLiveAnswers<T>(queries: readonly Query[]): readonly (T | null)[] | null {
  const { wire } = useEditor();
  const [answers, setAnswers] = useState<readonly (T | null)[] | null>(null);
  const tick = useRun((run) => run.tick);
  const running = useRun((run) => run.status?.state === "running");
  const online = useWire((connection) => connection.connection === "online");
  const asked = JSON.stringify(queries);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new numbers make the answers stale
  useEffect(() => {
    if (!online) return;
    let current = true;
    const ask = async (): Promise<void> => {
      const questions = JSON.parse(asked) as Query[];
      const found = await Promise.all(questions.map((query) => wire.query<T>(query).catch(() => null)));
      if (current) setAnswers(found);
    };
    const timer = setTimeout(() => void ask(), SETTLE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [wire, online, asked, running, running ? Math.floor(tick / 2) : tick]);
  return answers;
}
