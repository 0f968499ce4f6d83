import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { addNode, rename, setField } from "./commands";
import { GraphDocument } from "./graph-document";
import { makeNode } from "./node-commands";
import { ensureMap, type Fields } from "./yjs-form";

/** `w` and a second node, with references to `w` that are stored as text, as a file's are to what is not there yet. */
function spokenOf(): { document: GraphDocument; w: string; other: string } {
  const document = new GraphDocument();
  const other = addNode(document, { op: "torch.mul", at: [0, 0], id: "other" });
  document.transact(({ nodes, train }) => {
    const inputs = ensureMap(nodes.get(other) as Fields, "inputs");
    inputs.set("input", "w");
    inputs.set("tensors", '["w.values", "w", "ww"]');
    nodes.get(other)?.set("share", "w");
    train.set("loss", "w");
    ensureMap(train, "metrics").set("norm", "w.values");
    ensureMap(train, "batch").set("of", '["w", "ww"]');
    ensureMap(train, "validation").set("w", "=w.indices");
    ensureMap(train, "validation").set("ww", "=w");
  });
  const w = addNode(document, { op: "torch.sort", at: [0, 0], id: "w" });
  document.endStep();
  return { document, w, other };
}

/** What the references of `other` and of the training loop say. */
function said({ document, other }: { document: GraphDocument; other: string }): unknown {
  const { byUid, train } = document.getSnapshot();
  const node = byUid.get(other);
  return {
    inputs: node?.inputs.map(({ refs }) => refs.map(({ text }) => text)),
    share: node?.share?.text,
    loss: train.loss?.text,
    metrics: Array.from(train.metrics.values(), ({ text }) => text),
    batch: train.batch?.of.map(({ text }) => text),
    validation: new Set(train.validation.map(({ source, by }) => `${source.text} becomes ${by?.text}`)),
  };
}

describe("renaming a node", () => {
  it("takes along whatever speaks of it by name, in the training loop too, and one undo brings all back", () => {
    const graph = spokenOf();
    const before = said(graph);

    expect(rename(graph.document, graph.w, "weight")).toBeNull();

    expect(said(graph)).toEqual({
      inputs: [["weight"], ["weight.values", "weight", "ww"]],
      share: "weight",
      loss: "weight",
      metrics: ["weight.values"],
      batch: ["weight", "ww"],
      validation: new Set(["weight becomes weight.indices", "ww becomes weight"]),
    });
    graph.document.undo();
    expect(said(graph)).toEqual(before);
    expect(graph.document.getSnapshot().byUid.get(graph.w)?.id).toBe("w");
  });

  it("leaves alone what a function calls by the same name", () => {
    const { document, w } = spokenOf();
    const inside = addFunction(document);

    rename(document, w, "weight");

    expect(document.getSnapshot().functions[0]?.nodes[1]?.inputs[0]?.refs[0]).toMatchObject({ uid: inside });
  });

  it("in a function takes along that function's nodes and outputs, and keeps clear of its inputs", () => {
    const { document, w } = spokenOf();
    const inside = addFunction(document);

    expect(rename(document, inside, "x")).toContain("input of double");
    expect(rename(document, inside, "y")).toContain("Another node");
    expect(rename(document, inside, "weight")).toBeNull();

    const made = document.getSnapshot().functions[0];
    expect(made?.nodes[1]?.inputs[0]?.refs[0]?.text).toBe("weight");
    expect(made?.outputs.get("out")?.text).toBe("weight.values");
    expect(document.getSnapshot().byUid.get(w)?.id).toBe("w");
    document.undo();
    expect(document.getSnapshot().functions[0]?.outputs.get("out")?.text).toBe("w.values");
  });

  it("that is gone says so", () => {
    const { document, w } = spokenOf();
    setField(document, [w], "label", null);

    expect(rename(document, "nobody", "somebody")).toBe("This node is gone.");
  });
});

/** A function `double` with an input `x`, a node `w` and a node `y` that speaks of it by name; returns the uid of `w`. */
function addFunction(document: GraphDocument): string {
  document.transact(({ functions }) => {
    const made: Fields = new Y.Map();
    functions.set("f", made);
    made.set("name", "double");
    made.set("order", "a0");
    made.set("inputs", '["x"]');
    const nodes = ensureMap(made, "nodes") as Y.Map<Fields>;
    nodes.set("inside", makeNode("w", "a0", "torch.sort"));
    nodes.set("y", makeNode("y", "a1", "torch.mul"));
    ensureMap(nodes.get("y") as Fields, "inputs").set("input", "w");
    ensureMap(made, "outputs").set("out", "w.values");
  });
  document.endStep();
  return "inside";
}
