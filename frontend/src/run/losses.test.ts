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
    expect(book.last()).toEqual({ step: 1, loss: 2 });
  });
});
