import { describe, expect, it } from "vitest";
import type { WireEnd } from "../view/view-store";
import { sampleCatalog, sampleDocument } from "./sample-graph";
import { WireFits } from "./wire-fits";

const snapshot = sampleDocument().getSnapshot();
const uid = (id: string): string => snapshot.byId.get(id)?.uid ?? "";

function fits(end: Partial<WireEnd> & { uid: string; side: WireEnd["side"] }): WireFits {
  return new WireFits(snapshot, sampleCatalog, { output: null, argument: null, ...end });
}

describe("a wire from an output", () => {
  it("fits every wired argument of what does not feed it", () => {
    const wire = fits({ uid: uid("wx"), side: "output" });

    expect(wire.fitsInput(uid("loss"), "input")).toBe(true);
    expect(wire.fitsInput(uid("both"), "tensors")).toBe(true);
    expect(wire.fitsInput(uid("both"), "dim")).toBe(false);
  });

  it("is refused, in words, where it would close a circle", () => {
    const wire = fits({ uid: uid("loss"), side: "output" });

    expect(wire.fitsInput(uid("wx"), "input")).toBe(false);
    expect(wire.refusal(uid("wx"), "input")).toContain("circle");
    expect(wire.refusal(uid("wx"), null)).toBe("An output cannot take a wire: drop it on an input.");
  });
});

describe("a wire from an input", () => {
  it("fits the outputs of what does not depend on it", () => {
    const wire = fits({ uid: uid("wx"), side: "input", argument: "other" });

    expect(wire.fitsOutput(uid("w"))).toBe(true);
    expect(wire.fitsOutput(uid("loss"))).toBe(false);
    expect(wire.refusal(uid("loss"), null)).toContain("circle");
    expect(wire.refusal(uid("w"), null)).toBeNull();
  });

  it("agrees with the refusals one by one", () => {
    for (const end of snapshot.nodes) {
      const wire = fits({ uid: end.uid, side: "output" });
      for (const target of snapshot.nodes)
        for (const argument of ["input", "other", "tensors"])
          expect(wire.fitsInput(target.uid, argument)).toBe(wire.refusal(target.uid, argument) === null);
    }
  });
});

describe("a wire pulled off its input", () => {
  it("fits other inputs, and over an output what that input may get", () => {
    const edge = snapshot.edges.find(({ id }) => id === "wx.other");
    const end: WireEnd = { uid: uid("x"), side: "output", output: null, argument: null };
    const wire = new WireFits(snapshot, sampleCatalog, end, edge ?? null);

    expect(wire.fitsInput(uid("loss"), "input")).toBe(true);
    expect(wire.fitsOutput(uid("w"))).toBe(true);
    expect(wire.fitsOutput(uid("loss"))).toBe(false);
    expect(wire.refusal(uid("loss"), null)).toContain("circle");
  });
});
