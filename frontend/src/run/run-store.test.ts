import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Layout } from "../wire/messages";
import type { Frame } from "./frame";
import { LossBook } from "./losses";
import { HISTORY_POINTS, NormHistory } from "./norm-history";
import { nodeOfPointer, Run, useRun } from "./run-store";

const layout = (number: number, edges: string[] = ["wx.other"]): Layout => ({
  layout: number,
  edit: 1,
  problems: [{ where: "/nodes/wx/inputs/other", code: "shape", message: "no", help: "" }],
  outputs: [],
  edges: edges.map((edge) => ({ edge, from: "x", why: null })),
  leaves: ["w"],
  parameters: [],
  data: {},
  loss: "loss",
});

const frame = (number: number, more: Partial<Frame> = {}): Frame => ({
  number,
  layout: 1,
  exact: false,
  evaluation: false,
  withoutGradients: false,
  step: number,
  loss: 1,
  run: 0,
  edges: new Float32Array([number, 0, 0, 0, 0]),
  values: new Float32Array(),
  gradients: new Float32Array(),
  deposits: new Float32Array(5),
  pictures: new Int8Array(),
  ...more,
});

describe("a run", () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"], now: 10_000 }));
  afterEach(() => vi.useRealTimers());

  it("drops a frame that names another layout", () => {
    const run = new Run();
    run.takeLayout(layout(1));

    expect(run.takeFrame(frame(1, { layout: 2 }))).toBe(false);
    expect(run.takeFrame(frame(2))).toBe(true);
  });

  it("keeps what is shown when the graph after an edit is laid out alike, until its frame comes", () => {
    const run = new Run();
    run.takeLayout(layout(1));
    run.takeFrame(frame(1));
    vi.advanceTimersByTime(1000);
    const before = useRun.getState();

    run.takeAlike({ layout: 2, edit: 5 });

    expect(run.frame?.number).toBe(1);
    expect(useRun.getState().layout).toBe(before.layout);
    expect(useRun.getState().graphs).toBe(before.graphs + 1);
    expect(run.takeFrame(frame(2))).toBe(false);
    expect(run.takeFrame(frame(3, { layout: 2, exact: true }))).toBe(true);
    vi.advanceTimersByTime(1000);
    expect(useRun.getState().framed).toBe(before.layout);
    expect(useRun.getState().frame?.number).toBe(3);
  });

  it("refreshes what React sees at most twice a second while frames stream, and every frame for the canvas", () => {
    const run = new Run();
    run.takeLayout(layout(1));
    const seen: number[] = [];
    run.onFrame((newest) => newest && seen.push(newest.number));
    vi.advanceTimersByTime(1000);
    const before = useRun.getState().tick;

    for (let number = 0; number < 60; number += 1) {
      run.takeFrame(frame(number));
      vi.advanceTimersByTime(33);
    }

    expect(seen.length).toBe(60);
    expect(useRun.getState().tick - before).toBeGreaterThanOrEqual(4);
    expect(useRun.getState().tick - before).toBeLessThanOrEqual(5);
  });

  it("shows a frame at rest within 200 ms, also after streaming", () => {
    const run = new Run();
    run.takeLayout(layout(1));
    run.takeFrame(frame(1));
    run.takeFrame(frame(2));

    run.takeFrame(frame(3, { exact: true }));
    vi.advanceTimersByTime(199);

    expect(useRun.getState().frame?.number).toBe(3);
  });

  it("finds problems by their node", () => {
    const run = new Run();
    run.takeLayout(layout(1));

    expect(run.layout?.problems.get("wx")?.length).toBe(1);
    expect(nodeOfPointer("/nodes/a~1b/args")).toBe("a/b");
    expect(nodeOfPointer("/train/loss")).toBeNull();
  });
});

describe("the loss book", () => {
  it("appends, replaces from a place on, and says where losses are missing", () => {
    const book = new LossBook();

    expect(book.add(0, 0, new Float64Array([3, 2, 1]), "run 0")).toBe(true);
    expect(book.add(0, 2, new Float64Array([1.5, 1.2]), "run 0")).toBe(true);
    expect(book.add(0, 9, new Float64Array([1]), "run 0")).toBe(false);

    const current = book.current();
    expect(Array.from(current?.values.subarray(0, current.count) ?? [])).toEqual([3, 2, 1.5, 1.2]);
  });

  it("keeps earlier runs beside the present one", () => {
    const book = new LossBook();
    for (let run = 0; run < 8; run += 1) book.add(run, 0, new Float64Array([run]), `run ${run}`);

    expect(book.all().map((kept) => kept.run)).toEqual([3, 4, 5, 6, 7]);
  });

  it("grows to a hundred thousand losses", () => {
    const book = new LossBook();
    for (let from = 0; from < 100_000; from += 1000)
      book.add(0, from, new Float64Array(1000).fill(from), "run 0");

    expect(book.current()?.count).toBe(100_000);
    expect(book.current()?.values[99_999]).toBe(99_000);
  });
});

describe("the curve of a norm", () => {
  it("covers the whole run, thinned", () => {
    const history = new NormHistory();
    history.relayout(["a"]);
    for (let step = 0; step < 1000; step += 1) history.add(0, step, new Float32Array([step, 0, 0, 0, 0]));

    expect(history.count).toBeLessThanOrEqual(HISTORY_POINTS);
    expect(history.values[0]).toBe(0);
    expect(history.values[history.count - 1]).toBeGreaterThan(900);
    expect(Array.from(history.steps.subarray(0, 3))).toEqual([0, 16, 32]);
  });

  it("stays with its edge when others come and go", () => {
    const history = new NormHistory();
    history.relayout(["a", "b"]);
    history.add(0, 1, new Float32Array([1, 0, 0, 0, 0, 2, 0, 0, 0, 0]));

    history.relayout(["b", "c"]);

    expect(history.values[0]).toBe(2);
    expect(history.values[HISTORY_POINTS]).toBeNaN();
  });
});
