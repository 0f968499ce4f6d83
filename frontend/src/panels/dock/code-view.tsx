/** The graph as the Python it means, with a button that copies it. */
import type { ReactNode } from "react";
import { useEditor } from "../../editor/editor";
import { copyText } from "../../editor/files";
import { useAnswer } from "./answers";

/** The exported script, always that of the present graph. */
export function CodeView(): ReactNode {
  const editor = useEditor();
  const { result, refusal } = useAnswer<string>("code");
  if (result === null) return <p className="dock-empty">{refusal ?? "Writing the script…"}</p>;
  return (
    <>
      <div className="code-tools">
        <button
          type="button"
          className="small-button"
          onClick={() => void copyText(editor, result, "The script is on the clipboard.")}
        >
          Copy
        </button>
      </div>
      {refusal && <p className="dock-empty">{refusal}</p>}
      <pre className="code">{result}</pre>
    </>
  );
}
