/** What an empty canvas offers: the examples, one click each. */
import { type ReactNode, useEffect, useState } from "react";
import { InlineCode } from "../panels/inline-code";
import { useView } from "../view/view-store";
import { type Example, fetchExamples, makeGraph } from "../wire/api";
import "./empty-canvas.css";

/** The examples and the two other ways to begin. */
export function EmptyCanvas(): ReactNode {
  const [examples, setExamples] = useState<readonly Example[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    const take = (found: readonly Example[]): void => {
      if (!gone) setExamples(found);
    };
    fetchExamples().then(take, (error: Error) => gone || setFailure(error.message));
    return () => {
      gone = true;
    };
  }, []);
  const dragging = useDragging();
  const open = (name: string): void => {
    const fail = (error: Error): void => setFailure(error.message);
    makeGraph({ example: name }).then(
      ({ id }) => window.location.assign(`/g/${encodeURIComponent(id)}`),
      fail,
    );
  };
  return (
    <section
      className={dragging ? "empty-canvas empty-canvas-dragging" : "empty-canvas"}
      aria-label="An empty graph"
    >
      <h2>Draw a graph, and see its gradients on the edges</h2>
      <p>
        Drag an operation from the palette,{" "}
        <button
          type="button"
          className="empty-search"
          onClick={() => useView.getState().openSearch({ at: null, fits: null })}
        >
          search for one
        </button>{" "}
        (double-click, or <kbd>/</kbd>), or begin with an example:
      </p>
      {failure !== null && <p role="alert">{failure}</p>}
      <ul aria-label="Examples">
        {(examples ?? []).map(({ name, title, sentence }) => (
          <li key={name}>
            <button type="button" className="empty-example" title={sentence} onClick={() => open(name)}>
              <strong>{title}</strong>
              <span>
                <InlineCode text={sentence} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Whether something is being dragged over the page: the examples make way for it. */
function useDragging(): boolean {
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    const begin = (): void => setDragging(true);
    const end = (): void => setDragging(false);
    window.addEventListener("dragstart", begin);
    window.addEventListener("dragend", end);
    window.addEventListener("drop", end);
    return () => {
      window.removeEventListener("dragstart", begin);
      window.removeEventListener("dragend", end);
      window.removeEventListener("drop", end);
    };
  }, []);
  return dragging;
}
