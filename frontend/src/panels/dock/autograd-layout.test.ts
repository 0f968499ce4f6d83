import { describe, expect, it } from "vitest";
import { replyOf } from "../../editor/ask-worker";
import type { AutogradGraph, AutogradNode } from "./autograd-graph";
import { layOutAutograd } from "./autograd-layout";

const box = (id: string, kind: AutogradNode["kind"]): AutogradNode => ({
  id,
  label: id,
  kind,
  node: null,
  shape: null,
});

describe("the layout of an autograd graph", () => {
  it("goes from left to right, and passes over links to boxes that are not there", () => {
    const graph: AutogradGraph = {
      nodes: [box("w", "leaf"), box("mul", "operation"), box("loss", "start")],
      links: [
        { from: "w", to: "mul" },
        { from: "mul", to: "loss" },
        { from: "gone", to: "loss" },
      ],
    };

    const { boxes, paths } = layOutAutograd(graph);

    const [w, mul, loss] = boxes.map(({ x }) => x);
    expect(w).toBeLessThan(mul ?? 0);
    expect(mul).toBeLessThan(loss ?? 0);
    expect(paths).toHaveLength(2);
  });

  it("that fails is told in words", () => {
    expect(replyOf(() => layOutAutograd({ nodes: [box("w", "leaf")], links: [] }))).toHaveProperty("result");
    expect(replyOf(() => layOutAutograd(null as unknown as AutogradGraph))).toHaveProperty("failure");
  });
});
