import { describe, expect, it } from "vitest";
import { layOutCard } from "../canvas/card-layout";
import {
  LOSS_PLATE_HEIGHT,
  LOSS_PLATE_WIDTH,
  lossPlateAt,
  PLATE_HEIGHT,
  PLATE_WIDTH,
  placePlates,
  plateSizes,
} from "./plate-placement";
import { Scene, type SceneCard, type SceneEdge } from "./scene";

const layout = layOutCard({
  figure: "strip",
  inputs: 2,
  outputs: 1,
  parameters: 0,
  width: null,
  collapsed: false,
});

function grid(columns: number, rows: number): Scene {
  const cards: SceneCard[] = [];
  const edges: SceneEdge[] = [];
  for (let column = 0; column < columns; column += 1)
    for (let row = 0; row < rows; row += 1) {
      const index = cards.length;
      cards.push({
        uid: `n${index}`,
        id: `n${index}`,
        name: `n${index}`,
        kind: "plain",
        layout,
        x: column * 240,
        y: row * 130,
        row: index,
        reached: true,
        deposit: -1,
        picture: null,
        gradientPicture: null,
        parameters: [],
        bypass: false,
      });
      if (column === 0) continue;
      for (const [socket, other] of [row, (row + 1) % rows].entries())
        edges.push({
          id: `n${index}.${socket}`,
          source: (column - 1) * rows + other,
          target: index,
          sourceY: 46,
          targetY: layout.inputs[socket] as number,
          row: edges.length,
          why: null,
        });
    }
  return new Scene(cards, edges, cards.length - 1);
}

describe("plates", () => {
  it("cover neither a card nor each other", () => {
    const scene = grid(5, 4);

    const plates = placePlates(scene, () => true);

    const boxes: number[][] = scene.cards.map((card) => [card.x, card.y, card.x + 132, card.y + 92]);
    let placed = 0;
    for (let edge = 0; edge < scene.edges.length; edge += 1) {
      const [x, y] = [plates.x[edge] as number, plates.y[edge] as number];
      if (Number.isNaN(x)) continue;
      const box = [x - PLATE_WIDTH / 2, y - PLATE_HEIGHT / 2, x + PLATE_WIDTH / 2, y + PLATE_HEIGHT / 2];
      expect(boxes.some((other) => overlap(other, box))).toBe(false);
      boxes.push(box);
      placed += 1;
    }
    expect(placed).toBeGreaterThan(scene.edges.length / 3);
  });

  it("are not made for edges that show none", () => {
    const plates = placePlates(grid(2, 2), (edge) => edge === 1);

    expect([...plates.x].map(Number.isNaN)).toEqual([true, false, true, true]);
  });

  it("leave a place to the loss curve that covers no card", () => {
    const scene = grid(2, 2);
    const at = lossPlateAt(scene);
    if (at === null) throw new Error("the scene has a loss");

    expect(scene.cardsIn(at.x, at.y, at.x + LOSS_PLATE_WIDTH, at.y + LOSS_PLATE_HEIGHT)).toEqual([]);
    expect(lossPlateAt(new Scene([], [], -1))).toBeNull();
  });

  it("are drawn larger where the zoom makes them small", () => {
    expect([2, 1, 0.8, 0.6, 0.4].map((zoom) => plateSizes(zoom).preferred)).toEqual([1, 1, 1, 1.4, 1.6]);
    expect(plateSizes(0.6).least).toBe(1);
  });
});

function overlap(a: number[], b: number[]): boolean {
  const [ax1, ay1, ax2, ay2] = a as [number, number, number, number];
  const [bx1, by1, bx2, by2] = b as [number, number, number, number];
  return ax1 < bx2 && bx1 < ax2 && ay1 < by2 && by1 < ay2;
}
