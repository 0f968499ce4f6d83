import { describe, expect, it } from "vitest";
import { layOutCard } from "../canvas/card-layout";
import { Scene, type SceneCard } from "./scene";

function card(uid: string, x: number, y: number): SceneCard {
  const layout = layOutCard({
    figure: "number",
    inputs: 1,
    outputs: 1,
    parameters: 0,
    width: null,
    collapsed: false,
  });
  return {
    uid,
    id: uid,
    name: uid,
    kind: "plain",
    layout,
    x,
    y,
    row: -1,
    reached: true,
    deposit: -1,
    picture: null,
    gradientPicture: null,
    parameters: [],
    bypass: false,
  };
}

function pair(): Scene {
  const edge = { id: "b.input", source: 0, target: 1, sourceY: 46, targetY: 46, row: 0, why: null };
  return new Scene([card("a", 0, 0), card("b", 300, 0)], [edge], 1);
}

describe("a scene", () => {
  it("runs an edge from its output to its socket, also after a card has moved", () => {
    const scene = pair();
    expect([scene.x1[0], scene.y1[0], scene.x2[0], scene.y2[0]]).toEqual([132, 46, 300, 46]);

    expect(scene.moveCard("b", 400, 100)).toBe(true);

    expect([scene.x1[0], scene.y1[0], scene.x2[0], scene.y2[0]]).toEqual([132, 46, 400, 146]);
    expect(scene.moveCard("b", 400, 100)).toBe(false);
  });

  it("is laid out as another only where every card and every edge is", () => {
    const edge = { id: "b.input", source: 0, target: 1, sourceY: 46, targetY: 46, row: 0, why: null };
    const cards = (): SceneCard[] => [card("a", 0, 0), card("b", 300, 0)];
    const moved = pair();
    moved.moveCard("b", 300, 8);

    expect(pair().isLaidOutAs(new Scene(cards(), [{ ...edge, id: "b.other" }], 1))).toBe(true);
    expect(pair().isLaidOutAs(moved)).toBe(false);
    expect(pair().isLaidOutAs(new Scene(cards(), [], 1))).toBe(false);
    expect(pair().isLaidOutAs(new Scene(cards(), [edge], -1))).toBe(false);
    expect(pair().isLaidOutAs(new Scene(cards(), [{ ...edge, why: "x is data" }], 1))).toBe(false);
    expect(pair().isLaidOutAs(new Scene([...cards(), card("c", 0, 200)], [edge], 1))).toBe(false);
  });

  it("finds the edge and the card under a point", () => {
    const scene = pair();

    expect(scene.edgeAt(216, 50, 8)?.edge).toBe(0);
    expect(scene.edgeAt(216, 80, 8)).toBeNull();
    expect(scene.cardAt(10, 10)).toBe(0);
    expect(scene.cardAt(216, 46)).toBe(-1);
    expect(scene.cardsIn(350, 50, 100, -10)).toEqual(["a", "b"]);
    expect(scene.cardsIn(140, 0, 290, 90)).toEqual([]);
  });

  it("knows the rectangle around its cards", () => {
    expect(pair().bounds()).toEqual({ x: 0, y: 0, width: 432, height: 92 });
    expect(new Scene([], [], -1).bounds()).toBeNull();
  });
});
