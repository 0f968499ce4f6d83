import { describe, expect, it } from "vitest";
import { addNode, connect } from "./commands";
import { GraphDocument } from "./graph-document";
import { heldUp, upstream } from "./upstream";

describe("what a node depends on", () => {
  it("is told once each, the nearest first, and not what depends on it", () => {
    const document = new GraphDocument();
    const node = (id: string): string => addNode(document, { op: "torch.exp", at: [0, 0], id });
    const [x, a, b, end] = [node("x"), node("a"), node("b"), node("end")];
    const wire = (source: string, target: string, argument: string): void =>
      connect(document, { source, output: null, target, argument, list: false });
    wire(x, a, "input");
    wire(x, b, "other");
    wire(a, b, "input");
    wire(b, end, "input");

    const names = (uid: string): string[] => upstream(document.getSnapshot(), uid).map(({ id }) => id);

    expect(names(end)).toEqual(["b", "a", "x"]);
    expect(names(x)).toEqual([]);
  });
});

describe("what a problem holds up", () => {
  it("is everything downstream, each with the nearest node that has one", () => {
    const document = new GraphDocument();
    const node = (id: string): string => addNode(document, { op: "torch.exp", at: [0, 0], id });
    const [x, a, b, end] = [node("x"), node("a"), node("b"), node("end")];
    const wire = (source: string, target: string, argument: string): void =>
      connect(document, { source, output: null, target, argument, list: false });
    wire(x, a, "input");
    wire(a, b, "input");
    wire(b, end, "input");

    const held = heldUp(document.getSnapshot(), new Set(["x", "b"]));

    expect(Object.fromEntries([...held].map(([uid, cause]) => [uid, cause.id]))).toEqual({
      [a]: "x",
      [b]: "x",
      [end]: "b",
    });
  });
});
