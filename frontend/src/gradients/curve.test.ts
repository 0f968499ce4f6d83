import { describe, expect, it } from "vitest";
import { controlOffset, curveLength, directionAt, distanceToCurve, pointAt } from "./curve";

const ENDS: [number, number, number, number][] = [
  [0, 0, 200, 80],
  [0, 0, -40, 300],
  [10, 10, 12, 10],
];

describe("the curve of an edge", () => {
  it.each(ENDS)("begins and ends at its sockets (%d, %d, %d, %d)", (x1, y1, x2, y2) => {
    const start = pointAt(x1, y1, x2, y2, 0, { x: 0, y: 0 });
    const end = pointAt(x1, y1, x2, y2, 1, { x: 0, y: 0 });

    expect(start).toEqual({ x: x1, y: y1 });
    expect(end).toEqual({ x: x2, y: y2 });
  });

  it.each(ENDS)("leaves to the right and arrives from the left (%d, %d, %d, %d)", (x1, y1, x2, y2) => {
    expect(controlOffset(x1, y1, x2, y2)).toBeGreaterThan(0);
    expect(directionAt(x1, y1, x2, y2, 0, { x: 0, y: 0 }).x).toBeCloseTo(1);
    expect(directionAt(x1, y1, x2, y2, 1, { x: 0, y: 0 }).x).toBeCloseTo(1);
  });

  it("has no distance from its own points, and the distance of a point beside it is seen", () => {
    const middle = pointAt(0, 0, 200, 80, 0.4, { x: 0, y: 0 });

    expect(distanceToCurve(0, 0, 200, 80, middle.x, middle.y).distance).toBeLessThan(0.5);
    expect(distanceToCurve(0, 0, 200, 80, middle.x, middle.y).t).toBeCloseTo(0.4, 1);
    expect(distanceToCurve(0, 0, 200, 0, 100, 7).distance).toBeCloseTo(7, 1);
  });

  it("is a little longer than the straight way", () => {
    expect(curveLength(0, 0, 200, 0)).toBeCloseTo(200, 0);
    expect(curveLength(0, 0, 0, 200)).toBeGreaterThan(200);
  });
});
