/** The graph as the Python it means, with a button that copies it. */
import type { ReactNode } from "react";
import { type Editor, useEditor } from "../../editor/editor";
import { announceRefusal, copyText } from "../../editor/files";
import { fetchExport } from "../../wire/api";
import { editsArrived } from "../../wire/wire-store";
import { useAnswer } from "./answers";

/** The exported script, always that of the present graph; long data in it are abridged. */
export function CodeView(): ReactNode {
  const editor = useEditor();
  const { result, refusal } = useAnswer<string>("code");
  if (result === null) return <p className="dock-empty">{refusal ?? "Writing the script…"}</p>;
  return (
    <>
      <div className="code-tools">
        <button type="button" className="small-button" onClick={() => void copyScript(editor)}>
          Copy
        </button>
      </div>
      {refusal && <p className="dock-empty">{refusal}</p>}
      <pre className="code">{result}</pre>
    </>
  );
}

/** Copies the whole script: what is shown may be abridged. */
async function copyScript(editor: Editor): Promise<void> {
  try {
    await editsArrived();
    const script = await fetchExport(editor.wire.graph, "python", false);
    await copyText(editor, script, "The script is on the clipboard.");
  } catch (error) {
    announceRefusal(editor, error);
  }
}
