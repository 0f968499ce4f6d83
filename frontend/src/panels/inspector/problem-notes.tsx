/** Problems in words: what was expected, what came, what to do. */
import type { ReactNode } from "react";
import type { Problem } from "../../wire/messages";

/** A few problems one below the other. */
export function ProblemNotes({ problems }: { readonly problems: readonly Problem[] }): ReactNode {
  return problems.map((problem) => (
    <div key={`${problem.where} ${problem.code} ${problem.message}`} className="problem">
      <p>{problem.message}</p>
      {problem.help && <p>{problem.help}</p>}
    </div>
  ));
}
