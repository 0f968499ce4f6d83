/** The examples, each with a sentence on what to look for. */
import { type ReactNode, useEffect, useState } from "react";
import { useEditor } from "../../editor/editor";
import { openGraph } from "../../editor/files";
import { type Example, fetchExamples } from "../../wire/api";
import { GraphList } from "../graph-list";
import { InlineCode } from "../inline-code";
import { Dialog } from "./dialog";

/** A click opens a copy. */
export function ExamplesDialog(): ReactNode {
  const editor = useEditor();
  const [examples, setExamples] = useState<readonly Example[] | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  useEffect(() => {
    fetchExamples().then(setExamples, (error: Error) => setRefusal(error.message));
  }, []);
  return (
    <Dialog title="Examples">
      {refusal && <p className="dim">{refusal}</p>}
      {!refusal && examples === null && <p className="dim">Looking for them…</p>}
      <ul className="example-list">
        {examples?.map(({ name, title, sentence, nodes }) => (
          <li key={name}>
            <button
              type="button"
              className="example"
              onClick={() => void openGraph(editor, { example: name })}
            >
              <b>{title}</b>
              <span>{nodes} nodes</span>
              <p>
                <InlineCode text={sentence} />
              </p>
            </button>
          </li>
        ))}
      </ul>
      <GraphList except={editor.wire.graph} />
    </Dialog>
  );
}
