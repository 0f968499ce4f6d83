/** What stands over the canvas while the server refuses to keep the newest edits: why, and what can be done. */
import type { ReactNode } from "react";
import { useEditor } from "../editor/editor";
import { useWire } from "../wire/wire-store";
import { InlineCode } from "./inline-code";

/** Stays until the edits are kept, or given up by loading the page anew. */
export function Unsaved(): ReactNode {
  const { wire } = useEditor();
  const refused = useWire(({ standing, unsaved }) => (standing === "unsaved" ? unsaved : null));
  if (refused === null) return null;
  return (
    <section className="unsaved" role="alert" aria-label="Not saved">
      <p>
        <b>
          Not saved. <InlineCode text={refused.message} />
        </b>{" "}
        <InlineCode text={refused.help} /> What you edit meanwhile is kept in this page; the next edit tries
        again.
      </p>
      <div className="unsaved-choices">
        <button type="button" className="button" onClick={() => wire.saveAgain()}>
          Try again
        </button>
        <button type="button" className="button" onClick={() => location.reload()}>
          Go back to what is saved
        </button>
      </div>
    </section>
  );
}
