import { beforeEach, describe, expect, it } from "vitest";
import { addFrame } from "../document/commands";
import type { GraphDocument } from "../document/graph-document";
import type { FrameView } from "../document/types";
import type { Editor } from "../editor/editor";
import { EMPTY_SCENE, Scene } from "../gradients/scene";
import { useView } from "../view/view-store";
import { canvasKeys } from "./canvas-keys";
import { useCanvas } from "./canvas-store";
import { selectFrame } from "./frame-commands";
import { modelOf } from "./graph-model";
import { sampleCatalog, sampleDocument } from "./sample-graph";

let document: GraphDocument;

beforeEach(() => {
  document = sampleDocument();
  useView.setState({ selection: new Set(), edge: null, search: null });
  useCanvas.setState({ focus: null, frame: null, titling: null, scene: () => EMPTY_SCENE });
});

function press(keys: string): boolean | undefined {
  const row = canvasKeys.find((candidate) => candidate.keys.includes(keys));
  return row?.run?.({ document } as Editor, { key: keys.split("+").at(-1) ?? "" } as KeyboardEvent);
}

function frame(...ids: string[]): FrameView {
  useView.getState().select(ids.map((id) => document.getSnapshot().byId.get(id)?.uid ?? ""));
  press("Ctrl+G");
  const made = document.getSnapshot().frames.at(-1);
  if (!made) throw new Error("no frame was made");
  return made;
}

describe("a frame by keyboard", () => {
  it("is selected alone when it is made, and its title can be typed at once", () => {
    const { uid } = frame("w", "x");

    expect(useCanvas.getState()).toMatchObject({ frame: uid, titling: uid, focus: null });
    expect(useView.getState().selection.size).toBe(0);
  });

  it("is as large as the cards in it, however tall they are", () => {
    const { scene } = modelOf(document.getSnapshot(), sampleCatalog, null, null);
    const cards = scene.cards.map((card) =>
      card.id === "w" ? { ...card, layout: { ...card.layout, width: 180, height: 400 } } : card,
    );
    const tall = new Scene(cards, [], -1);
    useCanvas.setState({ scene: () => tall });

    const { at, size } = frame("w");

    expect([at[0] + size[0], at[1] + size[1]]).toEqual([180 + 24, 400 + 24]);
    useView.getState().select([]);
    press("Shift+ArrowRight");
    expect(document.getSnapshot().byId.get("w")?.at).toEqual([10, 0]);
  });

  it("is deleted without its nodes", () => {
    frame("w", "x");

    press("Delete");

    expect(document.getSnapshot().frames).toEqual([]);
    expect(document.getSnapshot().nodes).toHaveLength(5);
    document.undo();
    expect(document.getSnapshot().frames).toHaveLength(1);
  });

  it("gets its title by F2 or Enter", () => {
    const { uid } = frame("w");

    for (const key of ["F2", "Enter"]) {
      useCanvas.setState({ titling: null });
      expect(press(key)).toBe(true);
      expect(useCanvas.getState().titling).toBe(uid);
    }
  });

  it("moves with the nodes in it, many steps as one undo step", () => {
    const { at } = frame("w");

    press("Shift+ArrowRight");
    press("Shift+ArrowRight");

    const { frames, byId } = document.getSnapshot();
    expect(frames[0]?.at).toEqual([at[0] + 20, at[1]]);
    expect([byId.get("w")?.at, byId.get("x")?.at]).toEqual([
      [20, 0],
      [0, 200],
    ]);
    document.undo();
    expect(document.getSnapshot().frames[0]?.at).toEqual(at);
    expect(document.getSnapshot().byId.get("w")?.at).toEqual([0, 0]);
  });

  it("is walked to after the last node, and back", () => {
    const first = addFrame(document, "one", [0, 0], [200, 200]);
    const second = addFrame(document, "two", [0, 0], [200, 200]);
    useView.getState().select([document.getSnapshot().byId.get("loss")?.uid ?? ""]);

    press("ArrowDown");
    expect(useCanvas.getState().frame).toBe(first);
    press("ArrowDown");
    press("ArrowDown");
    press("ArrowRight");
    expect(useCanvas.getState().frame).toBe(second);
    selectFrame(first);
    press("ArrowUp");

    expect(useCanvas.getState().frame).toBe(null);
    expect(useCanvas.getState().focus).toMatchObject({ kind: "node" });
    expect(useView.getState().selection.size).toBe(1);
  });
});
