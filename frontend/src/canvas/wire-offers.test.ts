import { afterEach, describe, expect, it, vi } from "vitest";
import { paste } from "../document/commands";
import { GraphDocument } from "../document/graph-document";
import { OPERATIONS, synthesize } from "./bench/synthetic";
import { modelOf } from "./graph-model";
import { sampleCatalog, sampleDocument, sampleLayout } from "./sample-graph";
import type { Stage } from "./stage";
import { WireFits } from "./wire-fits";
import { type Offer, offersFrom } from "./wire-offers";

function offers(document: GraphDocument, id: string, catalog = sampleCatalog): Offer[] {
  const snapshot = document.getSnapshot();
  const model = modelOf(snapshot, catalog, sampleLayout(), null);
  const stage = { editor: { document }, model: () => model } as unknown as Stage;
  const uid = snapshot.byId.get(id)?.uid ?? "";
  return offersFrom(stage, { uid, side: "output", output: null, argument: null }, catalog);
}

afterEach(() => void vi.restoreAllMocks());

describe("what a wire by keyboard may be connected to", () => {
  it("is open sockets first, then what would be replaced, and never what stands already or closes a circle", () => {
    const found = offers(sampleDocument(), "wx").map(({ choice }) => choice);

    expect(found.map(({ name }) => name)).toEqual([
      "wx → both.tensors.2",
      "wx → both.tensors.1",
      "wx → loss.input",
    ]);
    expect(found.map(({ note }) => note)).toEqual(["", "instead of x", "instead of both"]);
  });

  it("is told of a thousand nodes without a word on any that it is not", () => {
    const document = new GraphDocument();
    paste(document, synthesize(1000).file, [0, 0], false);
    const refusal = vi.spyOn(WireFits.prototype, "refusal");

    const found = offers(document, "n500", { torch: "", operations: OPERATIONS });

    expect(found.length).toBeGreaterThan(500);
    expect(refusal).not.toHaveBeenCalled();
  });
});
