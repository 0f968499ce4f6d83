/** Asks, in the place of a graph's row, whether it is to be deleted for good. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { deleteGraph } from "../wire/api";

interface DeleteQuestionProps {
  readonly graph: string;
  readonly title: string;
  readonly onKeep: () => void;
  readonly onDeleted: () => void;
}

/** Keep has the focus: what cannot be undone is not one key press away. */
export function DeleteQuestion({ graph, title, onKeep, onDeleted }: DeleteQuestionProps): ReactNode {
  const [refusal, setRefusal] = useState<string | null>(null);
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    keep.current?.focus();
    keep.current?.closest("li")?.scrollIntoView({ block: "nearest" });
  }, []);

  const remove = (): void => {
    deleteGraph(graph).then(onDeleted, (error: Error) => {
      setRefusal(error.message);
      keep.current?.focus();
    });
  };

  return (
    <fieldset
      className="delete-question"
      aria-label={`Delete ${title}?`}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        onKeep();
      }}
    >
      <p role={refusal ? "alert" : undefined}>
        {refusal ?? (
          <>
            Delete <b>{title}</b> and its history for good?
          </>
        )}
      </p>
      {refusal === null && (
        <button type="button" className="button button-danger" onClick={remove}>
          Delete
        </button>
      )}
      <button type="button" className="button" ref={keep} onClick={onKeep}>
        Keep
      </button>
    </fieldset>
  );
}
