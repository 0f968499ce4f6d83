/** The keys that mean the same everywhere on the page: file, undo, run, help. */
import type { Editor } from "../editor/editor";
import { chooseFile, saveGraph } from "../editor/files";
import { useRun } from "../run/run-store";
import { useView } from "../view/view-store";
import { useWire } from "../wire/wire-store";
import type { KeyRow } from "./table";

/** Rows of the key table that do not need the canvas. */
export const pageKeys: readonly KeyRow[] = [
  { keys: ["Ctrl+S"], what: "Save the graph file", scope: "always", group: "File", run: save },
  { keys: ["Ctrl+O"], what: "Open a graph file", scope: "always", group: "File", run: open },
  { keys: ["Ctrl+Z"], what: "Undo", scope: "page", group: "Edit", run: undo },
  { keys: ["Ctrl+Y", "Ctrl+Shift+Z"], what: "Redo", scope: "page", group: "Edit", run: redo },
  { keys: ["Ctrl+Enter"], what: "Train", scope: "always", group: "Run", run: train },
  { keys: ["Ctrl+Alt+Enter"], what: "Stop", scope: "always", group: "Run", run: stop },
  { keys: ["?"], what: "Show all keys", scope: "canvas", group: "View", run: help },
];

function save(editor: Editor): boolean {
  void saveGraph(editor);
  return true;
}

function open(editor: Editor): boolean {
  chooseFile(editor);
  return true;
}

function undo({ document }: Editor): boolean {
  document.undo();
  return true;
}

function redo({ document }: Editor): boolean {
  document.redo();
  return true;
}

function train({ wire }: Editor): boolean {
  if (useRun.getState().status?.state !== "running") void wire.command("train");
  return true;
}

function stop({ wire }: Editor): boolean {
  const state = useRun.getState().status?.state;
  if (state === "running" || state === "paused" || useWire.getState().busy) void wire.command("stop");
  return true;
}

function help(): boolean {
  useView.getState().showDialog("keys");
  return true;
}
