/** A problem that belongs to no node, at the top of the canvas: without it the cards would be empty for no reason seen. */
import type { ReactNode } from "react";
import { InlineCode } from "../panels/inline-code";
import { useRun } from "../run/run-store";
import { useView } from "../view/view-store";

/** The first problem of the graph as a whole; it opens the list of all. */
export function GraphProblem(): ReactNode {
  const problems = useRun((run) => run.layout?.problems.get(""));
  const [first] = problems ?? [];
  if (!problems || !first) return null;
  return (
    <button type="button" className="graph-problem" onClick={() => useView.getState().showTab("problems")}>
      <b>
        <InlineCode text={first.message} />
      </b>{" "}
      <InlineCode text={first.help} />
      {problems.length > 1 && <em> And {problems.length - 1} more.</em>}
    </button>
  );
}
