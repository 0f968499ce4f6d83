import { beforeEach, describe, expect, it } from "vitest";
import type { GraphDocument } from "../document/graph-document";
import type { Editor } from "../editor/editor";
import { Run } from "../run/run-store";
import { useView } from "../view/view-store";
import { canvasKeys } from "./canvas-keys";
import { useCanvas } from "./canvas-store";
import { sampleDocument } from "./sample-graph";

let document: GraphDocument;
let editor: Editor;

beforeEach(() => {
  document = sampleDocument();
  const wire = {
    graph: "sample",
    command: () => Promise.resolve(true),
    query: () => Promise.reject(new Error("nobody is asked here")),
    saveAgain: () => undefined,
  };
  editor = { document, run: new Run(), wire };
  useView.setState({ selection: new Set(), edge: null, search: null });
  useCanvas.setState({ focus: null, connecting: null, frame: null, finding: false });
});

function press(keys: string): boolean | undefined {
  const row = canvasKeys.find((candidate) => candidate.keys.includes(keys));
  return row?.run?.(editor, { key: keys.split("+").at(-1) ?? "" } as KeyboardEvent);
}

function select(...ids: string[]): void {
  useView.getState().select(ids.map((id) => document.getSnapshot().byId.get(id)?.uid ?? ""));
}

const ids = (): string[] => document.getSnapshot().nodes.map((node) => node.id);
const edges = (): string[] => document.getSnapshot().edges.map((edge) => edge.id);

describe("the keys of the canvas", () => {
  it("delete the selection and nothing more, and one undo brings it back", () => {
    select("wx");
    press("Delete");
    expect(ids()).toEqual(["x", "w", "both", "loss"]);

    press("Delete");
    expect(ids()).toHaveLength(4);
    document.undo();
    expect(edges()).toContain("wx.other");
  });

  it("cut the edge that has the focus and go on at its target", () => {
    useView.getState().selectEdge("wx.other");

    press("Delete");

    expect(edges()).not.toContain("wx.other");
    expect(useCanvas.getState().focus).toEqual({
      kind: "node",
      uid: document.getSnapshot().byId.get("wx")?.uid,
    });
  });

  it("move the selection, many steps as one undo step", () => {
    select("w", "x");
    press("Shift+ArrowRight");
    press("Shift+ArrowRight");
    expect(document.getSnapshot().byId.get("w")?.at).toEqual([20, 0]);

    document.undo();
    expect(document.getSnapshot().byId.get("w")?.at).toEqual([0, 0]);
  });

  it("bypass no source, which has nothing to pass on", () => {
    select("w", "wx");

    press("Ctrl+B");

    const { byId } = document.getSnapshot();
    expect([byId.get("w")?.bypass, byId.get("wx")?.bypass]).toEqual([false, true]);
  });

  it("bypass all of a selection, then take all back", () => {
    select("wx", "both");
    press("Ctrl+B");
    expect(document.getSnapshot().byId.get("wx")?.bypass).toBe(true);

    press("Ctrl+B");
    expect(document.getSnapshot().byId.get("both")?.bypass).toBe(false);
  });

  it("frame the selection with room around it", () => {
    select("w", "x");
    press("Ctrl+G");

    const [frame] = document.getSnapshot().frames;
    expect(frame?.at[0]).toBeLessThan(0);
    expect((frame?.at[1] ?? 0) + (frame?.size[1] ?? 0)).toBeGreaterThan(292);
  });

  it("open the search, the list of sockets and the list of nodes", () => {
    press("/");
    expect(useView.getState().search).toEqual({ at: null, fits: null });

    select("w");
    press("C");
    expect(useCanvas.getState().connecting).toMatchObject({ side: "output" });

    press("Ctrl+F");
    expect(useCanvas.getState().finding).toBe(true);

    press("Escape");
    expect([useView.getState().search, useCanvas.getState().connecting]).toEqual([null, null]);
  });

  it("duplicate and select the copies", () => {
    select("w");
    press("Ctrl+D");

    expect(ids()).toHaveLength(6);
    expect(useView.getState().selection.size).toBe(1);
  });

  it("never clear the whole graph by one key", () => {
    for (const row of canvasKeys) {
      useView.setState({ selection: new Set(), edge: null });
      useCanvas.setState({ focus: null });
      for (const keys of row.keys) if (keys !== "Ctrl+A") press(keys);
      useView.setState({ selection: new Set(), edge: null });
    }

    expect(ids().length).toBeGreaterThanOrEqual(5);
  });
});
