import { expect, test } from "vitest";
import { HISTORY_POINTS, NormHistory } from "./norm-history";

const EDGES = ["y.a", "y.b"];

function figures(...norms: number[]): Float64Array {
  return new Float64Array(norms.flatMap((norm) => [norm, 0, 0, 0, norm < 0 ? -1 : 0]));
}

function afterSteps(count: number): NormHistory {
  const history = new NormHistory();
  history.relayout(EDGES);
  for (let step = 1; step <= count; step += 1) history.add(1, step, figures(step, 1 / step));
  return history;
}

function curve(history: NormHistory, edge: number): number[] {
  return Array.from(history.values.subarray(edge * HISTORY_POINTS, edge * HISTORY_POINTS + history.count));
}

test("a page that takes the kept courses goes on as one that saw every frame", () => {
  const seen = afterSteps(100);
  const steps = seen.steps.slice(0, seen.count);
  const norms = new Float32Array(Array.from(steps).flatMap((step) => [step, 1 / step]));
  const later = new NormHistory();
  later.relayout(EDGES);

  const taken = later.take({ run: 1, layout: 1, largest: 100, stride: 2, steps, norms });
  for (let step = 101; step <= 400; step += 1) {
    seen.add(1, step, figures(step, 1 / step));
    later.add(1, step, figures(step, 1 / step));
  }

  expect(taken).toBe(true);
  expect(Array.from(later.steps)).toEqual(Array.from(seen.steps));
  expect(curve(later, 0)).toEqual(curve(seen, 0));
  expect(curve(later, 1)).toEqual(curve(seen, 1));
});

test("courses of other edges are not taken", () => {
  const history = afterSteps(3);
  const steps = new Float64Array([1]);

  const taken = history.take({ run: 1, layout: 1, largest: 1, stride: 1, steps, norms: new Float32Array(3) });

  expect(taken).toBe(false);
  expect(history.count).toBe(3);
});

test("what comes again of the last step takes its place: it is of the graph as it is now", () => {
  const history = new NormHistory();
  history.relayout(EDGES);
  history.add(1, 0, figures(1000, 1));
  history.add(1, 0, figures(1, 2));
  history.add(1, 1, figures(0.5, 3));

  expect(curve(history, 0)).toEqual([1, 0.5]);
  expect(curve(history, 1)).toEqual([2, 3]);
});
