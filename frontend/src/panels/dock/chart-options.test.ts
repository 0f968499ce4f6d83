import { describe, expect, it } from "vitest";
import { decades } from "./chart-options";

const shown = (splits: number[]): number[] => decades(null, splits).filter((split) => split !== null);

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
