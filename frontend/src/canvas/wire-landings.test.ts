import { describe, expect, it } from "vitest";
import type { WireEnd } from "../view/view-store";
import { modelOf } from "./graph-model";
import { sampleCatalog, sampleDocument, sampleLayout } from "./sample-graph";
import type { Stage } from "./stage";
import { WireFits } from "./wire-fits";
import { type Landing, landingAt } from "./wire-landings";

const snapshot = sampleDocument().getSnapshot();
const model = modelOf(snapshot, sampleCatalog, sampleLayout(), null);
const uid = (id: string): string => snapshot.byId.get(id)?.uid ?? "";

const stage = {
  element: { getBoundingClientRect: () => ({ left: 0, top: 0 }) },
  model: () => model,
  viewport: () => ({ x: 0, y: 0, zoom: 1, width: 1280, height: 800 }),
} as unknown as Stage;

/** Where a wire from the output of `source` lands; `pulled` names the input it was pulled off. */
function land(source: string, [x, y]: [number, number], pulled: string | null = null): Landing | null {
  const end: WireEnd = { uid: uid(source), side: "output", output: null, argument: null };
  const edge = snapshot.edges.find(({ id }) => id === pulled) ?? null;
  return landingAt(stage, new WireFits(snapshot, sampleCatalog, end, edge), { clientX: x, clientY: y });
}

describe("a wire dropped at an output", () => {
  it("lands there, and on no input of the same card", () => {
    const landing = land("x", [372, 146]);

    expect(landing).toMatchObject({ uid: uid("wx"), argument: null });
    expect(landing?.refusal).toContain("drop it on an input");
  });

  it("has not landed at the output that it begins at", () => {
    expect(land("x", [132, 246])).toBeNull();
  });

  it("fits there when it was pulled off an input, and anywhere on a card without inputs", () => {
    expect(land("x", [132, 46], "wx.other")).toMatchObject({ uid: uid("w"), refusal: null });
    expect(land("x", [60, 60], "wx.other")).toMatchObject({ uid: uid("w"), argument: null, refusal: null });
  });
});

describe("a wire dropped on a card", () => {
  it("goes to its first free input", () => {
    expect(land("w", [540, 105])).toMatchObject({
      uid: uid("both"),
      argument: "tensors",
      index: 2,
      refusal: null,
    });
  });

  it("is refused, in words, where every input is taken, and replaces at its socket alone", () => {
    expect(land("x", [780, 110])?.refusal).toContain("The input of loss is taken");
    expect(land("x", [300, 105])?.refusal).toContain("All 2 inputs of wx are taken");
    expect(land("x", [720, 146])).toMatchObject({ uid: uid("loss"), argument: "input", refusal: null });
  });

  it("may go back to where it was pulled off", () => {
    expect(land("x", [300, 105], "wx.other")).toMatchObject({ argument: "other", refusal: null });
  });
});
