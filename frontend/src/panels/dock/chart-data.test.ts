import { describe, expect, it } from "vitest";
import { withMetrics } from "../../run/metrics";
import { rowAt, validationOf } from "../../run/validation";
import { chartData, cutToPresent, hasNegative } from "./chart-data";
import { keepPeaks } from "./downsample";

const run = (
  number: number,
  values: number[],
): { run: number; values: Float64Array; count: number; label: string } => ({
  run: number,
  values: Float64Array.from(values),
  count: values.length,
  label: "",
});

describe("thinning", () => {
  it("keeps both ends and every peak", () => {
    const values = new Float64Array(10_000).map((_, index) => Math.sin(index / 50));
    values[4321] = 99;
    values[8765] = -99;

    const kept = keepPeaks(values, values.length, 200);

    expect(kept.length).toBeLessThanOrEqual(402);
    expect(kept).toContain(4321);
    expect(kept).toContain(8765);
    expect([kept[0], kept.at(-1)]).toEqual([0, 9999]);
  });

  it("keeps everything where there is little", () => {
    expect(keepPeaks(new Float64Array([1, 2, 3]), 3, 200)).toEqual([0, 1, 2]);
  });
});

describe("a logarithmic scale", () => {
  it("has no place for a loss below zero", () => {
    expect(hasNegative(run(0, [3, 0, -1]))).toBe(true);
    expect(hasNegative(run(0, [3, 0, Number.NaN]))).toBe(false);
    expect(hasNegative(undefined)).toBe(false);
  });
});

describe("the rows of a chart", () => {
  it("end a shorter run where it ended", () => {
    expect(chartData([run(0, [3, 2]), run(1, [5, 4, 3])], null, null, 100, false)).toEqual([
      [1, 2, 3],
      [3, 2, null],
      [5, 4, 3],
    ]);
  });

  it("leave out what a logarithmic scale cannot show", () => {
    expect(chartData([run(0, [1, 0, -1, Number.NaN])], null, null, 100, true)[1]).toEqual([
      1,
      null,
      null,
      null,
    ]);
  });

  it("hold a row for every metric of the present run", () => {
    const metrics = withMetrics(null, 0, 0, ["a", "b"], Float64Array.from([1, 2, 3, 4]));

    expect(chartData([run(0, [9, 8])], metrics, null, 100, true).slice(2)).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });
});

describe("earlier runs", () => {
  const losses = [run(0, [9, 8, 7, 6, 5]), run(1, [3, 2])];
  const counts = (target: number): number[] => cutToPresent(losses, target).map(({ count }) => count);

  it("end where the present one ends", () => {
    expect(counts(0)).toEqual([2, 2]);
  });

  it("go on to where the present one will end, and no further", () => {
    expect(counts(4)).toEqual([4, 2]);
    expect(counts(900)).toEqual([5, 2]);
  });
});

describe("validation", () => {
  const rows = withMetrics(
    null,
    0,
    1,
    ["step", "loss", "accuracy"],
    Float64Array.from([2, 0.5, 0.8, 4, 0, 0.9]),
  );

  it("stands at the steps where its epochs ended, and is joined between them", () => {
    const data = chartData([run(0, [9, 8, 7, 6, 5])], null, validationOf(rows), 100, false);

    expect(data.slice(2)).toEqual([
      [null, 0.5, undefined, 0, null],
      [null, 0.8, undefined, 0.9, null],
    ]);
  });

  it("gives at a step what the last epoch before it gave", () => {
    const { loss } = validationOf(rows) ?? {};

    expect([1, 2, 3, 4, 9].map((step) => loss && rowAt(loss, step))).toEqual([-1, 0, 0, 1, 1]);
  });

  it("is nothing where no row came", () => {
    expect(validationOf(null)).toBe(null);
  });
});

describe("metrics", () => {
  it("go on where they stopped and leave a gap where some never came", () => {
    const first = withMetrics(null, 0, 1, ["a"], Float64Array.from([2]));
    const second = withMetrics(first, 0, 3, ["a"], Float64Array.from([4]));

    expect(Array.from(second?.values.subarray(0, second.count) ?? [])).toEqual([
      Number.NaN,
      2,
      Number.NaN,
      4,
    ]);
  });

  it("begin anew with another run", () => {
    const first = withMetrics(null, 0, 0, ["a"], Float64Array.from([1, 2]));

    expect(withMetrics(first, 1, 0, ["a"], Float64Array.from([7]))).toMatchObject({ run: 1, count: 1 });
  });
});
