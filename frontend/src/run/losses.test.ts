import { describe, expect, it } from "vitest";
import { LossBook } from "./losses";

const losses = (...values: number[]): Float64Array => Float64Array.from(values);

describe("the label of a run", () => {
  it("is that of its first loss", () => {
    const book = new LossBook();
    book.add(0, 0, losses(), "before");
    book.add(0, 0, losses(3), "first");
    book.add(0, 1, losses(2), "later");

    expect(book.current()?.label).toBe("first");
  });
});

describe("earlier runs", () => {
  it("are forgotten, and the present one stays", () => {
    const book = new LossBook();
    book.add(0, 0, losses(3), "run 0");
    book.add(1, 0, losses(2), "run 1");

    book.forgetEarlier();

    expect(book.all().map(({ run }) => run)).toEqual([1]);
    expect(book.last()).toMatchObject({ step: 1, loss: 2 });
  });
});

describe("a loss that is no number", () => {
  it("is told with the step from which on none was finite", () => {
    const book = new LossBook();
    book.add(0, 0, losses(3, Number.NaN, 2, Infinity), "run 0");
    book.add(0, 4, losses(Number.NaN), "run 0");

    expect(book.last()).toEqual({ step: 5, loss: Number.NaN, brokenSince: 4 });
  });

  it("is nothing to tell of once one is finite again", () => {
    const book = new LossBook();
    book.add(0, 0, losses(Number.NaN, 2), "run 0");

    expect(book.last()).toEqual({ step: 2, loss: 2, brokenSince: null });
  });

  it("may be so from the first step on", () => {
    const book = new LossBook();
    book.add(0, 0, losses(Number.NaN, Number.NaN), "run 0");

    expect(book.last()?.brokenSince).toBe(1);
  });
});
