/** What stands in place of the page where its graph cannot be opened: why, and where to go. */
import type { ReactNode } from "react";
import { useEditor } from "../editor/editor";
import { openGraph } from "../editor/files";
import { GraphList } from "./graph-list";

/** The whole page. */
export function RefusedPage({ why }: { readonly why: string }): ReactNode {
  const editor = useEditor();
  return (
    <main className="shell-message refused">
      <img src="/app/logo.svg" alt="" />
      <h1>This graph cannot be opened</h1>
      <p role="alert">{why}</p>
      <button type="button" className="button button-strong" onClick={() => void openGraph(editor, {})}>
        New graph
      </button>
      <GraphList except={editor.wire.graph} />
    </main>
  );
}
