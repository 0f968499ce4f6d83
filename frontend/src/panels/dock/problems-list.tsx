/** All problems of the graph; a click goes to the node a problem belongs to. */
import type { ReactNode } from "react";
import { useEditor } from "../../editor/editor";
import { nodeOfPointer, useRun } from "../../run/run-store";
import { useView } from "../../view/view-store";
import type { Problem } from "../../wire/messages";
import { InlineCode } from "../inline-code";

/** The list "Problems". */
export function ProblemsList(): ReactNode {
  const layoutProblems = useRun((run) => run.layout?.layout.problems ?? NONE);
  const failure = useRun((run) => run.status?.problem ?? null);
  const known = failure && layoutProblems.some((problem) => isSame(problem, failure));
  const problems = failure && !known ? [failure, ...layoutProblems] : layoutProblems;
  return (
    <>
      <ul className="problem-list" aria-label="Problems">
        {problems.map((problem) => (
          <ProblemItem key={`${problem.where} ${problem.code} ${problem.message}`} problem={problem} />
        ))}
      </ul>
      {problems.length === 0 && <p className="dock-empty">No problems: everything that is drawn runs.</p>}
    </>
  );
}

const NONE: readonly Problem[] = [];

function isSame(one: Problem, two: Problem): boolean {
  return one.where === two.where && one.code === two.code && one.message === two.message;
}

function ProblemItem({ problem }: { readonly problem: Problem }): ReactNode {
  const { document } = useEditor();
  const id = nodeOfPointer(problem.where);
  const go = (): void => {
    const node = id === null ? undefined : document.getSnapshot().byId.get(id);
    useView.getState().select(node ? [node.uid] : []);
    if (node) useView.getState().revealNode(node.uid);
  };
  return (
    <li>
      <button type="button" className="problem-row" title={problem.where} onClick={go}>
        <span className="problem-place">{id ?? (problem.where.split("/")[1] || "graph")}</span>
        <span>
          <InlineCode text={problem.message} />
        </span>
        {problem.help && (
          <span className="problem-help">
            <InlineCode text={problem.help} />
          </span>
        )}
      </button>
    </li>
  );
}
