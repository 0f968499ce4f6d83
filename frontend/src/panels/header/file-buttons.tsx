/** The file buttons: new, open, save, share, examples, export. */
import type { ReactNode } from "react";
import { useEditor } from "../../editor/editor";
import { chooseFile, openGraph, saveGraph, shareGraph } from "../../editor/files";
import { useView } from "../../view/view-store";
import { IconButton } from "../icons";

/** What is done with the graph as a whole. */
export function FileButtons(): ReactNode {
  const editor = useEditor();
  const showDialog = useView((view) => view.showDialog);
  return (
    <div className="file-buttons">
      <IconButton icon="new" name="New" title="New empty graph" onClick={() => void openGraph(editor, {})} />
      <IconButton
        icon="open"
        name="Open"
        title="Open a graph file (Ctrl+O)"
        onClick={() => chooseFile(editor)}
      />
      <IconButton
        icon="save"
        name="Save"
        title="Save the graph file (Ctrl+S)"
        onClick={() => void saveGraph(editor)}
      />
      <IconButton
        icon="share"
        name="Share"
        title="Copy the graph’s address"
        onClick={() => void shareGraph(editor)}
      />
      <IconButton icon="examples" name="Examples" title="Examples" onClick={() => showDialog("examples")} />
      <IconButton
        icon="export"
        name="Export"
        title="Export as Python, DOT or SVG"
        onClick={() => showDialog("export")}
      />
    </div>
  );
}
