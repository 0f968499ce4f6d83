/** The field in which something's name is changed: a group's, a metric's. */
import type { ReactNode } from "react";
import type { Draft } from "./use-draft";

interface NameInputProps {
  readonly name: string;
  /** Holds what is typed. */
  readonly draft: Draft;
  /** Of the element that says why a name was refused. */
  readonly refusalId: string;
}

/** A name that is committed by Enter or on leaving, and taken back by Escape. */
export function NameInput({ name, draft, refusalId }: NameInputProps): ReactNode {
  return (
    <input
      className="field"
      aria-label={`name of ${name}`}
      aria-invalid={draft.refusal !== null}
      aria-describedby={draft.refusal ? refusalId : undefined}
      value={draft.text ?? name}
      data-draft={draft.text !== null}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => draft.type(event.target.value)}
      onBlur={draft.commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") draft.commit();
        if (event.key === "Escape" && draft.cancel()) event.stopPropagation();
      }}
    />
  );
}
