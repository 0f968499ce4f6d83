import { expect, it } from "vitest";
import { arrange } from "./arrange";

it("puts every node right of what feeds it, and none upon another", () => {
  const nodes = ["a", "b", "c", "d"].map((uid) => ({ uid, width: 132, height: 92 }));
  const edges = [
    { source: "a", target: "c" },
    { source: "b", target: "c" },
    { source: "c", target: "d" },
    { source: "a", target: "d" },
  ];

  const places = new Map(arrange({ nodes, edges }).map(([uid, x, y]) => [uid, { x, y }]));

  const at = (uid: string): { x: number; y: number } => places.get(uid) as { x: number; y: number };
  for (const { source, target } of edges) expect(at(target).x).toBeGreaterThanOrEqual(at(source).x + 132);
  expect(Math.abs(at("a").y - at("b").y)).toBeGreaterThanOrEqual(92);
});
