import { describe, expect, it } from "vitest";
import { decades, rounded } from "./chart-options";

const shown = (splits: number[]): number[] => decades(null, splits).filter((split) => split !== null);

describe("a linear scale", () => {
  it("holds its curve and ends at round numbers", () => {
    expect(rounded(null, 0.48, 0.917)).toEqual([0.4, 1]);
    expect(rounded(null, -3, 12)).toEqual([-5, 15]);
    expect(rounded(null, 0, 1)).toEqual([0, 1]);
  });

  it("has room around a curve that does not move", () => {
    expect(rounded(null, 1, 1)).toEqual([0.5, 1.5]);
    expect(rounded(null, 0, 0)).toEqual([-0.5, 0.5]);
  });

  it("has no ends where there is no number", () => {
    expect(rounded(null, null, null)).toEqual([null, null]);
  });
});

describe("the lines of a logarithmic scale", () => {
  it("stand at whole powers of ten", () => {
    expect(shown([0.5, 1, 2, 5, 10, 20, 100])).toEqual([1, 10, 100]);
  });

  it("are all there are where fewer than two of these are seen", () => {
    expect(shown([2, 3, 4])).toEqual([2, 3, 4]);
  });

  it("are few where a loss grew beyond all bounds", () => {
    const powers = Array.from({ length: 40 }, (_, power) => 10 ** (power - 2));

    expect(shown(powers).length).toBeLessThanOrEqual(7);
    expect(shown(powers).length).toBeGreaterThan(3);
  });
});
