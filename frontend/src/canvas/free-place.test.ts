import { expect, it } from "vitest";
import { copy, paste } from "../document/commands";
import { besideCards, freePlace, placeAfter, placeBelow } from "./free-place";
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

it.each([["w"], ["wx"], ["wx", "both"], ["x", "w", "wx", "both", "loss"]])(
  "what is pasted where it was copied (%s …) goes the least way to where it covers nothing",
  (...ids: string[]) => {
    const document = sampleDocument();
    const { byId } = document.getSnapshot();
    const chosen = new Set(ids.map((id) => byId.get(id)?.uid ?? ""));

    const made = paste(document, copy(document.getSnapshot(), chosen), null, false, besideCards(scene));

    const now = modelOf(document.getSnapshot(), sampleCatalog, null, null).scene;
    for (const uid of made ?? []) {
      const { x, y, layout } = now.card(uid) ?? { x: 0, y: 0, layout: { width: 0, height: 0 } };
      expect(now.cardsIn(x - 20, y - 20, x + layout.width + 20, y + layout.height + 20)).toEqual([uid]);
    }
    const [x, y] = document.getSnapshot().byUid.get(made?.[0] ?? "")?.at ?? [];
    const at = byId.get(ids[0] ?? "")?.at;
    expect(x === at?.[0] || y === at?.[1]).toBe(true);
  },
);

it("what is pasted where nothing stands stays there", () => {
  expect(besideCards(scene)([{ id: "w", at: [2000, 50] }])).toEqual([0, 0]);
});
