import { expect, it } from "vitest";
import { fitting, seen, toGraph } from "./viewport";

const limits = { least: 0.02, largest: 1, padding: 20, bottom: 0 };

it("a fitted viewport shows the whole rectangle in the middle", () => {
  const bounds = { x: -100, y: 50, width: 2000, height: 400 };

  const view = fitting(bounds, 800, 600, limits);

  const rectangle = seen({ ...view, width: 800, height: 600 }, 0, { left: 0, top: 0, right: 0, bottom: 0 });
  expect(rectangle.left).toBeLessThan(-100);
  expect(rectangle.right).toBeGreaterThan(1900);
  expect((rectangle.top + rectangle.bottom) / 2).toBeCloseTo(250);
});

it("a small graph is not blown up", () => {
  expect(fitting({ x: 0, y: 0, width: 10, height: 10 }, 800, 600, limits).zoom).toBe(1);
});

it("a point of the screen is found in the graph", () => {
  expect(toGraph({ x: 100, y: 50, zoom: 2, width: 800, height: 600 }, 300, 50)).toEqual({ x: 100, y: 0 });
});
