/** Exports of the graph: the script it means, and its picture. */
import { type ReactNode, useState } from "react";
import { useDocument, useEditor } from "../../editor/editor";
import { announceRefusal, downloadText } from "../../editor/files";
import { useView } from "../../view/view-store";
import { type ExportKind, fetchExport } from "../../wire/api";
import { editsArrived } from "../../wire/wire-store";
import { Dialog } from "./dialog";

interface Row {
  readonly name: string;
  readonly what: string;
  readonly to: ExportKind;
  readonly autograd: boolean;
  readonly ending: string;
  readonly type: string;
}

const ROWS: readonly Row[] = [
  {
    name: "Python",
    what: "The script that computes the same numbers, bit for bit",
    to: "python",
    autograd: false,
    ending: ".py",
    type: "text/x-python",
  },
  {
    name: "SVG",
    what: "The forward graph as a picture",
    to: "svg",
    autograd: false,
    ending: ".svg",
    type: "image/svg+xml",
  },
  {
    name: "DOT",
    what: "The forward graph for Graphviz",
    to: "dot",
    autograd: false,
    ending: ".dot",
    type: "text/plain",
  },
  {
    name: "Autograd as SVG",
    what: "What autograd recorded, as a picture",
    to: "svg",
    autograd: true,
    ending: "-autograd.svg",
    type: "image/svg+xml",
  },
  {
    name: "Autograd as DOT",
    what: "What autograd recorded, for Graphviz",
    to: "dot",
    autograd: true,
    ending: "-autograd.dot",
    type: "text/plain",
  },
];

/** A click downloads. */
export function ExportDialog(): ReactNode {
  const editor = useEditor();
  const title = useDocument((snapshot) => snapshot.title);
  const [busy, setBusy] = useState<string | null>(null);
  const give = async ({ name, to, autograd, ending, type }: Row): Promise<void> => {
    setBusy(name);
    try {
      await editsArrived();
      const text = await fetchExport(editor.wire.graph, to, autograd);
      downloadText(fileName(title) + ending, text, type);
      useView.getState().showDialog(null);
    } catch (error) {
      announceRefusal(editor, error);
    } finally {
      setBusy(null);
    }
  };
  return (
    <Dialog title="Export">
      <ul className="export-list">
        {ROWS.map((row) => (
          <li key={row.name}>
            <button type="button" className="example" disabled={busy !== null} onClick={() => void give(row)}>
              <b>{row.name}</b>
              <span>{busy === row.name ? "writing…" : row.ending}</span>
              <p>{row.what}</p>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function fileName(title: string): string {
  const plain = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return plain || "graph";
}
