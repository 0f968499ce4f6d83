import { afterEach, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";
import {
  addNode,
  connect,
  copy,
  cutEdge,
  duplicate,
  moveNodes,
  paste,
  placeNodes,
  removeNodes,
  rename,
  reorder,
  rewire,
  setArgument,
  setField,
  setGraphField,
  setLoss,
  unplacedNodes,
} from "./commands";
import { GraphDocument } from "./graph-document";

function regression(): { document: GraphDocument; w: string; x: string; wx: string; loss: string } {
  const document = new GraphDocument();
  const w = addNode(document, { op: "torch.randn", at: [0, 0], id: "w", args: { size: "[1]" } });
  const x = addNode(document, { op: "torch.tensor", at: [0, 80], id: "x", args: { data: "[[1.0], [2.0]]" } });
  const wx = addNode(document, { op: "torch.mul", at: [200, 0], id: "wx" });
  const loss = addNode(document, { op: "torch.mean", at: [400, 0], id: "loss" });
  connect(document, { source: w, output: null, target: wx, argument: "input", list: false });
  connect(document, { source: x, output: null, target: wx, argument: "other", list: false });
  connect(document, { source: wx, output: null, target: loss, argument: "input", list: false });
  setLoss(document, { uid: loss, output: null });
  return { document, w, x, wx, loss };
}

const ids = (document: GraphDocument): string[] => document.getSnapshot().nodes.map((node) => node.id);
const edges = (document: GraphDocument): string[] => document.getSnapshot().edges.map((edge) => edge.id);

describe("listeners", () => {
  it("who listens for later hears once of several edits, when what they sent has left", async () => {
    const { document, w, x } = regression();
    await Promise.resolve();
    const heard: string[] = [];
    document.subscribeSoon(() => heard.push("later"));
    document.onUpdate(() => {
      heard.push("sent");
      queueMicrotask(() => heard.push("left"));
    });

    setField(document, [w], "label", '"weight"');
    setField(document, [x], "label", '"data"');
    expect(heard).toEqual(["sent", "sent"]);
    await new Promise((resolve) => setTimeout(resolve));

    expect(heard).toEqual(["sent", "sent", "left", "later", "left"]);
  });
});

describe("snapshots", () => {
  it("list nodes in order of creation and edges by target and argument", () => {
    const { document } = regression();

    expect(ids(document)).toEqual(["w", "x", "wx", "loss"]);
    expect(edges(document)).toEqual(["wx.input", "wx.other", "loss.input"]);
  });

  it("share every node that an edit does not touch, and the edges too", () => {
    const { document, w } = regression();
    const before = document.getSnapshot();

    moveNodes(document, new Map([[w, [5, 5]]]));

    const after = document.getSnapshot();
    expect(after.byUid.get(w)).not.toBe(before.byUid.get(w));
    expect(after.nodes.slice(1)).toEqual(before.nodes.slice(1));
    expect(after.nodes.slice(1).every((node, index) => node === before.nodes[index + 1])).toBe(true);
    expect(after.edges).toBe(before.edges);
    expect(after.train).toBe(before.train);
  });

  it("are the same object until something changes", () => {
    const { document } = regression();

    expect(document.getSnapshot()).toBe(document.getSnapshot());
  });

  it("keep literals to the letter", () => {
    const { document, w } = regression();

    for (const text of ["1", "1.0", "-0.0", "1152921504606846976", "1e-3"]) {
      setArgument(document, w, "size", text);
      expect(document.getSnapshot().byUid.get(w)?.args.get("size")).toBe(text);
    }
  });

  it("read the later of two equal ids as id_2, and the next edit writes it back", () => {
    const { document, w, x } = regression();
    document.transact((roots) => roots.nodes.get(x)?.set("id", "w"));
    expect(ids(document)).toEqual(["w", "w_2", "wx", "loss"]);

    setField(document, [x], "label", '"data"');

    expect(document.roots.nodes.get(x)?.get("id")).toBe("w_2");
    expect(document.roots.nodes.get(w)?.get("id")).toBe("w");
  });

  it("tie a reference stored as text to the node that has the name now", () => {
    const { document, wx } = regression();
    document.transact((roots) =>
      (roots.nodes.get(wx)?.get("inputs") as Y.Map<string> | undefined)?.set("other", "later.values"),
    );
    expect(edges(document)).toEqual(["wx.input", "loss.input"]);

    const later = addNode(document, { op: "torch.sort", at: [0, 0], id: "later" });

    const edge = document.getSnapshot().edges.find((found) => found.id === "wx.other");
    expect(edge).toMatchObject({ source: later, output: "values" });
  });
});

describe("functions", () => {
  it("that share a name after a merge are told apart, as nodes are", () => {
    const document = new GraphDocument();
    document.transact(({ functions }) => {
      for (const uid of ["f1", "f2"]) {
        const fields = new Y.Map([
          ["name", "double"],
          ["order", uid],
        ]);
        functions.set(uid, fields as never);
      }
    });

    expect(document.getSnapshot().functions.map(({ name }) => name)).toEqual(["double", "double_2"]);
  });
});

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

describe("undo", () => {
  it("takes back a paste, a rename and a drag as one step each", () => {
    const { document, w } = regression();
    const start = Y.encodeStateVector(document.doc);
    duplicate(document, new Set([w]));
    rename(document, w, "weight");
    for (const x of [1, 2, 3]) moveNodes(document, new Map([[w, [x, 0]]]), "drag 1");

    document.undo();
    expect(document.getSnapshot().byUid.get(w)?.at).toEqual([0, 0]);
    document.undo();
    expect(document.getSnapshot().byUid.get(w)?.id).toBe("w");
    document.undo();
    expect(ids(document)).toEqual(["w", "x", "wx", "loss"]);
    expect(start.length).toBeGreaterThan(0);
  });

  it("leaves what came from elsewhere alone", () => {
    const { document, w } = regression();
    const other = new GraphDocument();
    other.applyRemote(document.updateSince(other.stateVector()));
    setGraphField(document, "title", '"mine"');
    setField(other, [w], "label", '"theirs"');
    document.applyRemote(other.updateSince(document.stateVector()));

    document.undo();

    expect(document.getSnapshot().title).toBe("");
    expect(document.getSnapshot().byUid.get(w)?.label).toBe("theirs");
  });

  it("counts several edits as one step where they are made as one", () => {
    const { document, w, wx } = regression();

    document.asOneStep(() => {
      setField(document, [w], "label", '"one"');
      setField(document, [wx], "label", '"two"');
    });
    document.undo();

    expect(document.getSnapshot().nodes.every((node) => node.label === null)).toBe(true);
  });
});

describe("an undo step", () => {
  afterEach(() => void vi.useRealTimers());

  const size = (document: GraphDocument, w: string): string | undefined =>
    document.getSnapshot().byUid.get(w)?.args.get("size");

  it("that was begun takes all edits of its key, however long they take, until it ends", () => {
    vi.useFakeTimers();
    const { document, w } = regression();
    document.beginStep("size");
    for (const text of ["1", "12", "123"]) {
      setArgument(document, w, "size", text, "size");
      vi.advanceTimersByTime(60_000);
    }
    document.endStep();
    setArgument(document, w, "size", "4", "size");

    document.undo();
    expect(size(document, w)).toBe("123");
    document.undo();
    expect(size(document, w)).toBe("[1]");
  });

  it("of one key ends after a while where it was not begun", () => {
    vi.useFakeTimers();
    const { document, w } = regression();
    setArgument(document, w, "size", "1", "size");
    vi.advanceTimersByTime(60_000);
    setArgument(document, w, "size", "2", "size");

    document.undo();

    expect(size(document, w)).toBe("1");
  });

  it("is taken back by its key only while it is the last", () => {
    const { document, w } = regression();
    document.beginStep("size");
    setArgument(document, w, "size", "1", "size");
    setField(document, [w], "label", '"weight"');

    expect(document.undoStep("size")).toBe(false);
    document.undo();
    expect(document.undoStep("size")).toBe(false);
    document.beginStep("size");
    setArgument(document, w, "size", "2", "size");

    expect(document.undoStep("size")).toBe(true);
    expect(size(document, w)).toBe("1");
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

describe("two copies", () => {
  it("come to the same graph whatever order their edits arrive in", () => {
    const { document, w } = regression();
    const other = new GraphDocument();
    other.applyRemote(document.updateSince(other.stateVector()));
    addNode(document, { op: "torch.relu", at: [0, 0] });
    addNode(other, { op: "torch.relu", at: [9, 9] });
    rename(other, w, "weight");

    const mine = document.updateSince(other.stateVector());
    document.applyRemote(other.updateSince(document.stateVector()));
    other.applyRemote(mine);

    expect(ids(document)).toEqual(ids(other));
    expect(ids(document).filter((id) => id.startsWith("relu"))).toEqual(["relu", "relu_2"]);
  });
});
