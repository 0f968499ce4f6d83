import { describe, expect, it } from "vitest";
import { modelOf } from "../canvas/graph-model";
import { sampleCatalog, sampleDocument, sampleLayout } from "../canvas/sample-graph";
import { setLoss } from "../document/commands";
import type { Frame } from "../run/frame";
import type { IndexedLayout } from "../run/run-store";
import { noneText } from "./card-figures";

const problem = { where: "/nodes/loss", code: "not-scalar", message: "No.", help: "Look." };

function said(layout: IndexedLayout, withoutGradients: boolean, hasLoss = true): string {
  const document = sampleDocument();
  if (!hasLoss) setLoss(document, null);
  const { scene } = modelOf(document.getSnapshot(), sampleCatalog, layout, null);
  return noneText(scene, { withoutGradients } as Frame);
}

describe("what stands in place of a gradient", () => {
  it("is the reason why no card has one", () => {
    expect(said(sampleLayout(), true, false)).toBe("none: no loss");
    expect(said(sampleLayout({ problems: [problem] }), true)).toBe("none");
    expect(said(sampleLayout(), true)).toBe("none yet");
  });

  it("is short where the loss has one and does not depend on the card", () => {
    expect(said(sampleLayout(), false)).toBe("none");
  });
});
