import { describe, expect, it } from "vitest";
import {
  connect,
  moveNodes,
  removeNodes,
  rename,
  setArgument,
  setField,
  setLoss,
} from "../document/commands";
import type { IndexedLayout } from "../run/run-store";
import type { Problem } from "../wire/messages";
import { type GraphModel, modelOf } from "./graph-model";
import { sampleCatalog, sampleDocument, sampleLayout } from "./sample-graph";

function cardOf(model: GraphModel, id: string): GraphModel["cards"][number] {
  const card = model.cards.find(({ node }) => node.id === id);
  if (!card) throw new Error(`no card ${id}`);
  return card;
}

describe("the model of a graph", () => {
  it("tells leaf, data, loss and everything else apart", () => {
    const model = modelOf(sampleDocument().getSnapshot(), sampleCatalog, sampleLayout(), null);

    const kinds = Object.fromEntries(model.cards.map(({ node, kind }) => [node.id, kind]));
    expect(kinds).toEqual({ x: "data", w: "leaf", wx: "plain", both: "plain", loss: "loss" });
  });

  it("says on the card what it knows before and after an evaluation", () => {
    const snapshot = sampleDocument().getSnapshot();
    const before = modelOf(snapshot, sampleCatalog, null, null);
    const after = modelOf(snapshot, sampleCatalog, sampleLayout(), before);

    expect(cardOf(before, "w")).toMatchObject({ kind: "leaf", note: "", row: -1 });
    expect(cardOf(after, "w")).toMatchObject({ note: "[1] leaf", noGradient: null, row: 1 });
    expect(cardOf(after, "x")).toMatchObject({ note: "[3] data", noGradient: "none: data" });
    expect(cardOf(after, "loss").note).toBe("[ ] MeanBackward0");
  });

  it("says in words that a node is bypassed", () => {
    const document = sampleDocument();
    const wx = document.getSnapshot().byId.get("wx")?.uid ?? "";

    setField(document, [wx], "bypass", "true");
    const snapshot = document.getSnapshot();

    expect(cardOf(modelOf(snapshot, sampleCatalog, null, null), "wx").note).toBe("bypassed");
    const after = modelOf(snapshot, sampleCatalog, sampleLayout(), null);
    expect(cardOf(after, "wx").note).toBe("bypassed [3] MulBackward0");
  });

  it("gives a list of tensors a socket for each and an open one", () => {
    const model = modelOf(sampleDocument().getSnapshot(), sampleCatalog, sampleLayout(), null);

    const sockets = cardOf(model, "both").inputs.map(({ argument, index, edge }) => [argument, index, edge]);
    expect(sockets).toEqual([
      ["tensors", 0, "both.tensors.0"],
      ["tensors", 1, "both.tensors.1"],
      ["tensors", 2, null],
    ]);
  });

  it("joins every edge of the document with its row, from socket to socket", () => {
    const { scene } = modelOf(sampleDocument().getSnapshot(), sampleCatalog, sampleLayout(), null);

    expect(scene.edges.map(({ id, row }) => [id, row])).toEqual([
      ["wx.input", 0],
      ["wx.other", 1],
      ["both.tensors.0", 2],
      ["both.tensors.1", 3],
      ["loss.input", 4],
    ]);
    expect(scene.edges[1]?.why).toBe("x does not require a gradient");
    expect([scene.x1[0], scene.y1[0], scene.x2[0], scene.y2[0]]).toEqual([132, 46, 240, 131]);
  });

  it("keeps the scene where an edit changes nothing that is drawn", () => {
    const document = sampleDocument();
    const before = modelOf(document.getSnapshot(), sampleCatalog, sampleLayout(), null);
    const { uid } = cardOf(before, "w").node;

    setArgument(document, uid, "size", "[7]");
    const typed = modelOf(document.getSnapshot(), sampleCatalog, sampleLayout(), before);
    const evaluated = modelOf(document.getSnapshot(), sampleCatalog, sampleLayout(), typed);

    expect(typed.cards).not.toEqual(before.cards);
    expect(typed.scene).toBe(before.scene);
    expect(evaluated.scene).toBe(before.scene);
  });

  it.each<[string, (document: ReturnType<typeof sampleDocument>, uid: string) => void]>([
    ["a card moves", (document, uid) => moveNodes(document, new Map([[uid, [10, 10]]]))],
    ["a card is called otherwise", (document, uid) => setField(document, [uid], "label", '"weight"')],
    ["a node is bypassed", (document, uid) => setField(document, [uid], "bypass", "true")],
    ["an edge is called otherwise", (document, uid) => rename(document, uid, "weight")],
    ["there is another loss", (document, uid) => setLoss(document, { uid, output: null })],
    ["a node is gone", (document, uid) => removeNodes(document, [uid])],
  ])("makes another scene where %s", (_, edit) => {
    const document = sampleDocument();
    const before = modelOf(document.getSnapshot(), sampleCatalog, sampleLayout(), null);

    edit(document, cardOf(before, "wx").node.uid);

    expect(modelOf(document.getSnapshot(), sampleCatalog, sampleLayout(), before).scene).not.toBe(
      before.scene,
    );
  });

  it("makes another scene where an edge comes from another card that lies in the same place", () => {
    const document = sampleDocument();
    const uid = (id: string): string => document.getSnapshot().byId.get(id)?.uid ?? "";
    moveNodes(document, new Map([[uid("x"), document.getSnapshot().byId.get("w")?.at ?? [0, 0]]]));
    const before = modelOf(document.getSnapshot(), sampleCatalog, null, null);

    connect(document, { source: uid("w"), output: null, target: uid("wx"), argument: "other", list: false });
    const { scene } = modelOf(document.getSnapshot(), sampleCatalog, null, before);

    const edge = scene.edges.findIndex(({ id }) => id === "wx.other");
    const began = scene.x1[edge];
    scene.moveCard(uid("w"), 300, 300);
    expect(scene.x1[edge]).not.toBe(began);
  });

  it("makes another scene where a card is dragged or an evaluation gives other rows", () => {
    const document = sampleDocument();
    const dragged = modelOf(document.getSnapshot(), sampleCatalog, sampleLayout(), null);
    dragged.scene.moveCard(cardOf(dragged, "w").node.uid, 500, 500);

    expect(modelOf(document.getSnapshot(), sampleCatalog, sampleLayout(), dragged).scene).not.toBe(
      dragged.scene,
    );
    expect(modelOf(document.getSnapshot(), sampleCatalog, null, dragged).scene).not.toBe(dragged.scene);
  });

  it("keeps the cards that an edit does not touch the same objects", () => {
    const document = sampleDocument();
    const before = modelOf(document.getSnapshot(), sampleCatalog, sampleLayout(), null);
    const w = cardOf(before, "w").node.uid;

    moveNodes(document, new Map([[w, [10, 10]]]));
    const after = modelOf(document.getSnapshot(), sampleCatalog, sampleLayout(), before);

    const kept = after.cards.filter((card) => before.cards.includes(card)).map(({ node }) => node.id);
    expect(kept).toEqual(["x", "wx", "both", "loss"]);
  });

  it("is after every edit and every evaluation what it is made anew", () => {
    const document = sampleDocument();
    const uid = (id: string): string => document.getSnapshot().byId.get(id)?.uid ?? "";
    const layout = sampleLayout();
    const problem = { where: "/nodes/wx/inputs/other", code: "shape", message: "No.", help: "Look." };
    const steps: [() => unknown, IndexedLayout | null, Problem | null][] = [
      [() => null, null, null],
      [() => null, layout, null],
      [() => setField(document, [uid("wx")], "bypass", "true"), layout, null],
      [() => setArgument(document, uid("both"), "dim", "1"), layout, null],
      [() => rename(document, uid("w"), "v"), layout, null],
      [() => null, sampleLayout({ problems: [problem] }), null],
      [() => null, sampleLayout({ outputs: layout.layout.outputs.slice(0, 2), edges: [] }), null],
      [() => null, layout, { ...problem, where: "/nodes/wx" }],
      [() => setLoss(document, { uid: uid("wx"), output: null }), layout, null],
      [() => removeNodes(document, [uid("x")]), layout, null],
      [() => document.undo(), sampleLayout(), null],
    ];
    let kept: GraphModel | null = null;
    for (const [edit, shown, failure] of steps) {
      edit();
      const snapshot = document.getSnapshot();

      kept = modelOf(snapshot, sampleCatalog, shown, kept, failure);

      const anew = modelOf(snapshot, sampleCatalog, shown, null, failure);
      expect(kept.cards).toEqual(anew.cards);
      expect(kept.scene).toEqual(anew.scene);
    }
  });

  it("puts problems on the cards they belong to", () => {
    const problem = { where: "/nodes/wx/inputs/other", code: "shape", message: "No.", help: "Look." };

    const model = modelOf(
      sampleDocument().getSnapshot(),
      sampleCatalog,
      sampleLayout({ problems: [problem] }),
      null,
    );

    expect(cardOf(model, "wx").problems).toEqual([problem]);
    expect(cardOf(model, "w").problems).toEqual([]);
  });

  it("says on a card that did not run whose problem it waits for", () => {
    const problem = { where: "/nodes/wx/inputs/other", code: "shape", message: "No.", help: "Look." };
    const { outputs } = sampleLayout().layout;
    const ran = outputs.filter(({ ref }) => ref === "x" || ref === "w");

    const model = modelOf(
      sampleDocument().getSnapshot(),
      sampleCatalog,
      sampleLayout({ problems: [problem], outputs: ran, edges: [] }),
      null,
    );

    const waits = Object.fromEntries(model.cards.map(({ node, waitsFor }) => [node.id, waitsFor]));
    expect(waits).toEqual({ x: null, w: null, wx: null, both: "wx", loss: "wx" });
  });

  it("puts what failed while running on its card, in place of its figures", () => {
    const failure = { where: "/nodes/wx", code: "run-failed", message: "size mismatch", help: "Look." };

    const model = modelOf(sampleDocument().getSnapshot(), sampleCatalog, sampleLayout(), null, failure);

    expect(cardOf(model, "wx").problems).toEqual([failure]);
    expect(model.scene.card(cardOf(model, "wx").node.uid)?.row).toBe(-1);
  });

  it("folds a collapsed card and its sockets", () => {
    const document = sampleDocument();
    const wx = document.getSnapshot().byId.get("wx")?.uid ?? "";

    setField(document, [wx], "collapsed", "true");
    const model = modelOf(document.getSnapshot(), sampleCatalog, sampleLayout(), null);

    expect(cardOf(model, "wx").layout.height).toBe(40);
  });
});
