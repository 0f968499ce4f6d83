import { describe, expect, it } from "vitest";
import { withMetrics } from "../../run/metrics";
import { rowAt, validationOf } from "../../run/validation";
import { chartData, chartEnd, cutToPresent, extended, hasNegative } from "./chart-data";
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

describe("where the chart ends", () => {
  const going = (count: number, of: number): number => chartEnd(count, { of, going: true });
  const atRest = (count: number, of: number): number => chartEnd(count, { of, going: false });

  it("is where the run ended or, where nothing is known of it, where it stands", () => {
    expect([atRest(200, 200), atRest(3, 3), atRest(1000, 0)]).toEqual([200, 3, 1000]);
  });

  it("is the target of a run that is near it", () => {
    expect([going(40, 200), going(150, 200)]).toEqual([200, 200]);
    expect([atRest(100, 200), atRest(170, 200)]).toEqual([200, 200]);
  });

  it("has some room where the target is far, and twice as much once that is used up", () => {
    expect([1, 5, 10, 11, 21, 99].map((count) => atRest(count, 200))).toEqual([10, 10, 10, 20, 40, 160]);
    expect([going(5, 200), going(621, 2_000_000), going(2561, 2_000_000)]).toEqual([10, 640, 5120]);
    expect([going(2, 12), atRest(1, 4)]).toEqual([10, 4]);
  });

  it("always leaves the curve more than a fifth of the way, but for its first steps", () => {
    for (let count = 2; count < 3000; count += 1)
      for (const end of [going(count, 2000), atRest(count, 2000)])
        expect(end).toBeLessThanOrEqual(Math.max(count, count * 5));
  });

  it("stands in the rows as a step at which there is nothing", () => {
    const rows = chartData([run(0, [3, 2])], null, null, 100, false);

    expect(extended(rows, 10)).toEqual([
      [1, 2, 10],
      [3, 2, null],
    ]);
    expect(extended(rows, 2)).toBe(rows);
  });
});

describe("earlier runs", () => {
  const losses = [run(0, [9, 8, 7, 6, 5]), run(1, [3, 2])];
  const counts = (end: number): number[] => cutToPresent(losses, end).map(({ count }) => count);

  it("end where the chart of the present one ends, and no further", () => {
    expect(counts(2)).toEqual([2, 2]);
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
