import { afterEach, describe, expect, it, vi } from "vitest";
import * as Y from "yjs";
import { addNode, duplicate, moveNodes, rename, setArgument, setField, setGraphField } from "./commands";
import { GraphDocument } from "./graph-document";

import { edges, ids, regression } from "./sample-regression";

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
