/** Asks the worker again whenever the graph it evaluated is another one. */
import { useEffect, useState } from "react";
import { useEditor } from "../../editor/editor";
import { useRun } from "../../run/run-store";
import type { Query } from "../../wire/messages";
import { useWire } from "../../wire/wire-store";

/** What came back: the newest answer, and why there is none. */
export interface Answer<T> {
  readonly result: T | null;
  readonly refusal: string | null;
}

/** The worker's answer to a question about the whole graph, kept up to date. */
export function useAnswer<T>(what: "code" | "autograd"): Answer<T> {
  const { wire } = useEditor();
  const graphs = useRun((run) => run.graphs);
  const online = useWire((connection) => connection.connection === "online");
  const [answer, setAnswer] = useState<Answer<T>>({ result: null, refusal: null });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another graph makes the answer stale
  useEffect(() => {
    if (!online) return;
    let current = true;
    const query: Query = { what };
    wire.query<T>(query).then(
      (result) => current && setAnswer({ result, refusal: null }),
      (error: Error) => current && setAnswer((old) => ({ ...old, refusal: error.message })),
    );
    return () => {
      current = false;
    };
  }, [wire, what, graphs, online]);
  return answer;
}
