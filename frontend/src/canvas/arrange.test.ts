import { describe, expect, it } from "vitest";
import { type ArrangeRequest, arrange } from "./arrange";

const card = (uid: string): ArrangeRequest["nodes"][number] => ({ uid, width: 132, height: 92 });

function placesOf(nodes: readonly string[], ...edges: string[]): (uid: string) => { x: number; y: number } {
  const ends = edges.map((edge) => {
    const [source = "", target = ""] = edge.split(">");
    return { source, target };
  });
  const found = arrange({ nodes: nodes.map(card), edges: ends });
  const places = new Map(found.map(([uid, x, y]) => [uid, { x, y }]));
  return (uid) => places.get(uid) ?? { x: Number.NaN, y: Number.NaN };
}

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

describe("the room that an arranged graph gives its gradients", () => {
  it("is wider between a few columns than between many", () => {
    const chain = (length: number): number => {
      const names = Array.from({ length }, (_, number) => `n${number}`);
      const at = placesOf(names, ...names.slice(1).map((name, number) => `n${number}>${name}`));
      return at("n1").x - at("n0").x - 132;
    };

    expect(chain(3)).toBe(104);
    expect(chain(6)).toBeGreaterThan(130);
    expect(chain(12)).toBe(104);
  });

  it("takes the height that a wide graph leaves", () => {
    const at = placesOf(["a", "b", "c", "d", "e", "f"], "a>c", "b>c", "c>d", "d>e", "e>f");

    expect(Math.abs(at("a").y - at("b").y)).toBeGreaterThan(92 + 40 + 40);
  });

  it("keeps every card clear of an edge that passes its column", () => {
    const at = placesOf(["a", "b", "c", "d"], "a>b", "b>c", "c>d", "a>d");

    const line = at("a").y + 46;
    expect(at("d").y + 46).toBe(line);
    for (const passed of ["b", "c"]) {
      const { y } = at(passed);
      expect(y > line + 12 || y + 92 < line - 12).toBe(true);
    }
  });
});
