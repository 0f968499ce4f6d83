import { expect, it } from "vitest";
import { freePlace, placeAfter, placeBelow } from "./free-place";
import { modelOf } from "./graph-model";
import { sampleCatalog, sampleDocument } from "./sample-graph";

const { scene } = modelOf(sampleDocument().getSnapshot(), sampleCatalog, null, null);
const uid = scene.cards[0]?.uid ?? "";

it("a free place covers no card", () => {
  for (const at of [
    [0, 0],
    [10, 180],
    [240, 100],
    [900, 900],
  ] as const) {
    const [x, y] = freePlace(scene, at);

    expect(scene.cardsIn(x, y, x + 132, y + 92)).toEqual([]);
  }
});

it("stays where nothing stands", () => {
  expect(freePlace(scene, [2000, 50])).toEqual([2000, 50]);
});

it("a chain goes on to the right, a further source below", () => {
  expect(placeAfter(scene, uid)?.[0]).toBeGreaterThan(132);
  expect(placeBelow(scene, uid)?.[1]).toBeGreaterThanOrEqual(292);
  expect(placeAfter(scene, "nobody")).toBeNull();
});
