import { describe, expect, it } from "vitest";
import type { Frame } from "../../run/frame";
import { indexLayout } from "../../run/run-store";
import type { Layout } from "../../wire/messages";
import { frameLoss } from "./frame-loss";

const NONE = [Number.NaN, Number.NaN, Number.NaN, Number.NaN, -1];
const BROKEN = [Number.NaN, Number.NaN, Number.NaN, Number.NaN, 1];

/** A frame at step 3 of a graph whose outputs are `w` and `loss`. */
const frameOf = (loss: number, value: number[]): Frame =>
  ({ step: 3, loss, values: Float64Array.from([1, 1, 1, 1, 0, ...value]) }) as unknown as Frame;
const outputs = ["w", "loss"].map((id) => ({ ref: id, node: id, output: "0", shape: [] }));
const layoutWith = (loss: string | null): Layout =>
  ({ loss, outputs, edges: [], leaves: [], problems: [] }) as unknown as Layout;
const layout = indexLayout(layoutWith("loss"));

describe("the loss of a frame", () => {
  it("is the number it tells", () => {
    expect(frameLoss(frameOf(0.5, [0.5, 0.5, 0.5, 0.5, 0]), layout)).toEqual({ step: 3, loss: 0.5 });
  });

  it("is what the value of the loss is where that is no number", () => {
    expect(frameLoss(frameOf(Number.NaN, BROKEN), layout)).toEqual({ step: 3, loss: Number.NaN });
    expect(frameLoss(frameOf(Number.NaN, [Infinity, Infinity, 0, 0, 1]), layout)?.loss).toBe(Infinity);
  });

  it("is none where nothing was computed, or nothing is the loss", () => {
    expect(frameLoss(frameOf(Number.NaN, NONE), layout)?.loss).toBe(null);
    expect(frameLoss(frameOf(Number.NaN, BROKEN), indexLayout(layoutWith(null)))?.loss).toBe(null);
    expect(frameLoss(null, layout)).toBe(null);
  });
});
