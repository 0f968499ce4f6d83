import { describe, expect, it } from "vitest";
import {
  addNode,
  connect,
  copy,
  cutEdge,
  moveNodes,
  paste,
  placeNodes,
  removeNodes,
  rename,
  reorder,
  rewire,
  setArgument,
  unplacedNodes,
} from "./commands";

import { edges, ids, regression } from "./sample-regression";

describe("nodes without a place", () => {
  it("are found, and placing them is no step of undo", () => {
    const { document, w, x } = regression();
    document.transact(({ nodes }) => nodes.get(w)?.delete("at"));

    expect([...unplacedNodes(document)]).toEqual([w]);
    placeNodes(document, new Map([[w, [7, 8]]]));
    document.endStep();
    moveNodes(document, new Map([[x, [1, 1]]]));
    document.undo();

    expect(document.getSnapshot().byUid.get(w)?.at).toEqual([7, 8]);
    expect(unplacedNodes(document).size).toBe(0);
  });
});

describe("commands", () => {
  it("renames a node and every reference to it follows", () => {
    const { document, wx } = regression();

    expect(rename(document, wx, "product")).toBeNull();

    expect(edges(document)).toEqual(["product.input", "product.other", "loss.input"]);
    expect(document.getSnapshot().byId.get("loss")?.inputs[0]?.refs[0]?.text).toBe("product");
  });

  it("refuses a name that is taken, reserved or no identifier", () => {
    const { document, wx } = regression();

    expect(rename(document, wx, "w")).toContain("Another node");
    expect(rename(document, wx, "sum")).toContain("already means");
    expect(rename(document, wx, "1x")).toContain("cannot be a name here");
    expect(rename(document, wx, "__x")).toContain("begins with __");
  });

  it("cuts an edge out of a list and moves the others up", () => {
    const { document, w, x } = regression();
    const stack = addNode(document, { op: "torch.stack", at: [0, 0] });
    for (const source of [w, x, w])
      connect(document, { source, output: null, target: stack, argument: "tensors", list: true });
    const cut = document.getSnapshot().edges.find((edge) => edge.id === "stack.tensors.1");

    if (cut) cutEdge(document, cut);

    const kept = document.getSnapshot().edges.filter((edge) => edge.target === stack);
    expect(kept.map((edge) => [edge.id, edge.source])).toEqual([
      ["stack.tensors.0", w],
      ["stack.tensors.1", w],
    ]);
  });

  it("puts an end of a list on another of its entries, and replaces that one alone", () => {
    const { document, w, x, wx } = regression();
    const stack = addNode(document, { op: "torch.stack", at: [0, 0] });
    const wire = { output: null, target: stack, argument: "tensors", list: true };
    for (const source of [w, x, wx]) connect(document, { ...wire, source });
    const first = document.getSnapshot().edges.find((edge) => edge.id === "stack.tensors.0");

    if (first) rewire(document, first, { ...wire, source: w, index: 1 });

    const kept = document.getSnapshot().edges.filter((edge) => edge.target === stack);
    expect(kept.map((edge) => edge.source)).toEqual([w, wx]);
  });

  it("removes a node with every reference to it, the loss too", () => {
    const { document, loss, wx } = regression();

    removeNodes(document, [loss, wx]);

    expect(ids(document)).toEqual(["w", "x"]);
    expect(document.getSnapshot().train.loss).toBeNull();
  });

  it("puts a literal where an edge stood, and an edge where a literal stood", () => {
    const { document, x, wx } = regression();

    setArgument(document, wx, "other", "2.0");
    expect(edges(document)).not.toContain("wx.other");

    connect(document, { source: x, output: null, target: wx, argument: "other", list: false });
    expect(document.getSnapshot().byUid.get(wx)?.args.has("other")).toBe(false);
  });

  it("changes the order of creation, also where two keys are equal", () => {
    const { document, w, x, loss } = regression();
    document.transact((roots) => {
      roots.nodes.get(w)?.set("order", "a0");
      roots.nodes.get(x)?.set("order", "a0");
    });
    const [first, second] = document.getSnapshot().nodes.map((node) => node.uid);

    reorder(document, [loss], second ?? null);

    expect(
      document
        .getSnapshot()
        .nodes.map((node) => node.uid)
        .slice(0, 3),
    ).toEqual([first, loss, second]);
  });
});

describe("copy and paste", () => {
  it("keeps wires inside, drops those from outside, and finds new names", () => {
    const { document, wx, loss } = regression();

    const pasted = paste(document, copy(document.getSnapshot(), new Set([wx, loss])), [500, 500], false);

    expect(ids(document).slice(4)).toEqual(["wx_2", "loss_2"]);
    expect(edges(document).slice(3)).toEqual(["loss_2.input"]);
    expect(document.getSnapshot().byUid.get(pasted?.[0] ?? "")?.at).toEqual([500, 500]);
  });

  it("keeps incoming wires where that is asked for", () => {
    const { document, wx } = regression();

    paste(document, copy(document.getSnapshot(), new Set([wx])), null, true);

    expect(edges(document).slice(3)).toEqual(["wx_2.input", "wx_2.other"]);
  });

  it("is nothing where the text is no graph", () => {
    const { document } = regression();

    expect(paste(document, "hello", null, false)).toBeNull();
    expect(paste(document, "[1, 2]", null, false)).toBeNull();
  });

  it("keeps the text of numbers", () => {
    const { document, x } = regression();
    setArgument(document, x, "data", "[[1.0, -0.0, 1152921504606846976]]");

    const pasted = paste(document, copy(document.getSnapshot(), new Set([x])), null, false) ?? [];

    expect(
      document
        .getSnapshot()
        .byUid.get(pasted[0] ?? "")
        ?.args.get("data"),
    ).toBe("[[1.0, -0.0, 1152921504606846976]]");
  });
});
