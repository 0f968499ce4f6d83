import { describe, expect, it } from "vitest";
import { COLOURS, colourIndex, NEUTRAL, RibbonScale, signPurity, WIDTHS, widthOfStep } from "./ribbon-scale";

describe("the width of a ribbon", () => {
  it("is widest for the largest norm seen and narrower by the logarithm", () => {
    const scale = new RibbonScale();
    scale.include(10);

    const widths = [10, 1, 0.1, 0.01, 0.001, 1e-9].map((norm) => widthOfStep(scale.step(norm)));

    expect(widths[0]).toBe(9);
    expect(widths[1]).toBeLessThan(9);
    expect(widths[3]).toBeLessThan(widths[2] as number);
    expect(widths[4]).toBe(2);
    expect(widths[5]).toBe(2);
  });

  it("keeps its scale while a run's gradients shrink, and grows with what explodes", () => {
    const scale = new RibbonScale();
    scale.include(1);
    scale.include(0.001);
    expect(scale.step(0.001)).toBeLessThan(WIDTHS / 2);

    scale.include(1e6);
    expect(scale.step(1e6)).toBe(WIDTHS - 1);
    expect(scale.step(1)).toBe(0);
  });

  it("takes what is not a finite positive norm for the narrowest", () => {
    const scale = new RibbonScale();
    scale.include(Number.NaN);
    scale.include(Number.POSITIVE_INFINITY);
    expect([0, Number.NaN].map((norm) => scale.step(norm))).toEqual([0, 0]);
  });
});

describe("the colour of a ribbon", () => {
  it("says the sign of the mean", () => {
    expect(colourIndex(0.5, 0.1, 1)).toBe(COLOURS - 1);
    expect(colourIndex(-0.5, -1, -0.1)).toBe(0);
    expect(colourIndex(0, -1, 1)).toBe(NEUTRAL);
    expect(colourIndex(Number.NaN, Number.NaN, Number.NaN)).toBe(NEUTRAL);
  });

  it("fades as the signs balance, and never loses the sign wholly", () => {
    const colours = [0.5, 0.1, 0.001].map((mean) => colourIndex(mean, -1, 1));

    expect(colours).toEqual([...colours].sort((a, b) => b - a));
    expect(colours[2]).toBe(NEUTRAL + 1);
  });

  it("does not jump where the smallest element crosses zero", () => {
    expect(signPurity(0.05, -1e-9, 1)).toBeCloseTo(signPurity(0.05, 1e-9, 1), 6);
  });
});
