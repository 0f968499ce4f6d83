import { describe, expect, it } from "vitest";
import { isCurve, traceCurve } from "./plates";

/** Where a curve's lines lead, drawn into a square of 100. */
function pointsOf(values: number[], steps: number[] | null, logarithmic = false): [number, number][] {
  const points: [number, number][] = [];
  const context = {
    moveTo: () => undefined,
    arc: (x: number, y: number) => points.push([x, y]),
    lineTo: (x: number, y: number) => steps === null && points.push([x, y]),
  } as unknown as CanvasRenderingContext2D;
  const place = { x: 0, y: 0, width: 100, height: 100 };
  const along = steps === null ? null : Float64Array.from(steps);
  traceCurve(context, Float64Array.from(values), 0, values.length, 1, place, logarithmic, along);
  return points;
}

describe("the curve on a plate", () => {
  it("has its points where their steps are, however far apart the frames came", () => {
    expect(pointsOf([4, 2, 1], [0, 150, 200])).toEqual([
      [0, 0],
      [75, 50],
      [100, 75],
    ]);
  });

  it("fills its plate where it has no past", () => {
    expect(pointsOf([Number.NaN, Number.NaN, 4, 2, 1], [0, 100, 200, 300, 400])).toEqual([
      [0, 0],
      [50, 50],
      [100, 75],
    ]);
  });

  it("needs two values, and one above zero", () => {
    const isDrawn = (...values: number[]): boolean => isCurve(Float32Array.from(values), 0, values.length);

    expect(isDrawn(2, 1)).toBe(true);
    expect(isDrawn(0, 0, 1)).toBe(true);
    expect(isDrawn(Number.NaN, Number.NaN, 1)).toBe(false);
    expect(isDrawn(0, 0)).toBe(false);
  });

  it("reaches below zero where a loss does", () => {
    expect(pointsOf([3, 0, -1], null)).toEqual([
      [50, 75],
      [100, 100],
    ]);
  });

  it("draws nothing where there is nothing finite", () => {
    expect(pointsOf([Number.NaN, Number.NEGATIVE_INFINITY], null)).toEqual([]);
  });
});
