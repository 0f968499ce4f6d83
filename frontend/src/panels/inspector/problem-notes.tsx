/** Problems in words: what was expected, what came, what to do. */
import type { ReactNode } from "react";
import type { Problem } from "../../wire/messages";
import { InlineCode } from "../inline-code";

/** A few problems one below the other. */
export function ProblemNotes({ problems }: { readonly problems: readonly Problem[] }): ReactNode {
  return problems.map((problem) => (
    <div key={`${problem.where} ${problem.code} ${problem.message}`} className="problem">
      <p>
        <InlineCode text={problem.message} />
      </p>
      {problem.help && (
        <p>
          <InlineCode text={problem.help} />
        </p>
      )}
    </div>
  ));
}
