/** The values that the graph's file keeps: put there, and forgotten, on the person's request alone. */
import { type ReactNode, useState } from "react";
import { keptBytes, setKeptValues } from "../../document/kept-values";
import { useDocument, useEditor } from "../../editor/editor";
import { announce, announceRefusal } from "../../editor/files";

/** Says what is kept, with the buttons that change it. */
export function KeptValues(): ReactNode {
  const editor = useEditor();
  const bytes = keptBytes(useDocument((snapshot) => snapshot.other.get("state")));
  const [asking, setAsking] = useState(false);
  const keep = async (): Promise<void> => {
    setAsking(true);
    try {
      setKeptValues(editor.document, await editor.wire.query<string>({ what: "state" }));
      announce(editor, "The values as they are now are part of the graph: a run begins with them.");
    } catch (error) {
      announceRefusal(editor, error);
    }
    setAsking(false);
  };
  return (
    <section className="fields" aria-label="Kept values">
      <p className="faint">
        {bytes === null
          ? "Parameters and optimizer begin from the seed."
          : `Parameters and optimizer begin with the values kept in the file (${sizeText(bytes)}).`}
      </p>
      <div className="inspector-actions">
        <button type="button" className="button" disabled={asking} onClick={() => void keep()}>
          Keep these values
        </button>
        {bytes !== null && (
          <button type="button" className="button" onClick={() => setKeptValues(editor.document, null)}>
            Forget kept values
          </button>
        )}
      </div>
    </section>
  );
}

function sizeText(bytes: number): string {
  return bytes < 1e6 ? `${Math.max(bytes / 1e3, 0.1).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
