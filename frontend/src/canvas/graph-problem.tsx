/** A problem that belongs to no node, at the top of the canvas: without it the cards would be empty for no reason seen. */
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { IconButton } from "../panels/icons";
import { InlineCode } from "../panels/inline-code";
import { useRun } from "../run/run-store";
import { useView } from "../view/view-store";
import { useCanvas } from "./canvas-store";

/** The first problem of the graph as a whole; it opens the list of all, and can be closed until there is another. */
export function GraphProblem(): ReactNode {
  const problems = useRun((run) => run.layout?.problems.get(""));
  const [closed, setClosed] = useState<string | null>(null);
  const element = useRef<HTMLDivElement>(null);
  const [first] = problems ?? [];
  const shown = first !== undefined && first.message !== closed;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text has another height
  useLayoutEffect(() => {
    const banner = element.current ? element.current.offsetTop + element.current.offsetHeight : 0;
    if (banner !== useCanvas.getState().banner) useCanvas.setState({ banner });
  }, [first, shown]);
  if (!problems || !shown) return null;
  return (
    <div className="graph-problem" ref={element}>
      <button type="button" onClick={() => useView.getState().showTab("problems")}>
        <b>
          <InlineCode text={first.message} />
        </b>{" "}
        <InlineCode text={first.help} />
        {problems.length > 1 && <em> And {problems.length - 1} more.</em>}
      </button>
      <IconButton
        icon="close"
        name="Close the problem"
        title="Close; it stays in the list of problems"
        onClick={() => setClosed(first.message)}
      />
    </div>
  );
}
