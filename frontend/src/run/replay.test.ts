import { beforeEach, describe, expect, it } from "vitest";
import type { Layout } from "../wire/messages";
import type { Frame } from "./frame";
import { Run } from "./run-store";

/** A screen whose pictures come when they are told to. */
class Pictures {
  time = 5000;
  still = false;
  private waiting: (() => void) | null = null;

  now(): number {
    return this.time;
  }

  next(draw: () => void): () => void {
    this.waiting = draw;
    return () => {
      this.waiting = null;
    };
  }

  isStill(): boolean {
    return this.still;
  }

  get moving(): boolean {
    return this.waiting !== null;
  }

  /** Lets so many pictures pass, sixty a second. */
  pass(pictures: number): void {
    for (let picture = 0; picture < pictures; picture += 1) {
      this.time += 1000 / 60;
      const draw = this.waiting;
      this.waiting = null;
      draw?.();
    }
  }
}

const layout = (number: number): Layout => ({
  layout: number,
  edit: 1,
  problems: [],
  outputs: [],
  edges: [{ edge: "wx.other", from: "x", why: null }],
  leaves: [],
  parameters: [],
  data: {},
  loss: "loss",
});

const frame = (step: number, more: Partial<Frame> = {}): Frame => ({
  number: step,
  layout: 1,
  exact: false,
  evaluation: false,
  withoutGradients: false,
  step,
  loss: 1 / step,
  run: 0,
  edges: new Float32Array([1 / step, 0, 0, 0, 0]),
  values: new Float32Array(),
  gradients: new Float32Array(),
  deposits: new Float32Array(),
  pictures: new Int8Array(),
  ...more,
});

/** The steps that are observed of a run of 200. */
function beginning(): Frame[] {
  const steps: number[] = [];
  for (let step = 1; step < 200; step += Math.max(1, Math.round(0.04 * step))) steps.push(step);
  return steps.map((step) => frame(step));
}

describe("the beginning of a run", () => {
  let screen: Pictures;
  let run: Run;
  let seen: number[];
  const last = frame(200, { exact: true });

  beforeEach(() => {
    screen = new Pictures();
    run = new Run(screen);
    run.takeLayout(layout(1));
    seen = [];
    run.onFrame((shown) => shown && shown.step !== seen.at(-1) && seen.push(shown.step));
  });

  it("is played in little more than a second and ends with the newest frame", () => {
    const frames = beginning();
    run.takeFrames(frames.slice(0, 40));
    run.takeFrames(frames.slice(40));
    run.takeFrame(last);

    screen.pass(60);
    expect(screen.moving).toBe(true);
    screen.pass(30);

    expect(screen.moving).toBe(false);
    expect(seen.length).toBeGreaterThan(60);
    expect(seen).toEqual([...seen].sort((one, other) => one - other));
    expect(seen.at(-1)).toBe(200);
    expect(run.shown).toBe(last);
  });

  it("leaves the newest frame what it is, and gives every edge's curve all points", () => {
    run.takeFrames(beginning());
    run.takeFrame(last);
    screen.pass(3);

    expect(run.frame).toBe(last);
    expect(run.shown?.step).toBeLessThan(10);
    expect(run.history.count).toBeGreaterThanOrEqual(40);
    expect(run.history.countUpTo(run.shown?.step ?? 0)).toBeLessThan(10);
  });

  it("takes its time where the steps are few", () => {
    run.takeFrames([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((step) => frame(step)));

    screen.pass(20);

    expect(run.shown?.step).toBe(7);
  });

  it("never trails a stream of frames by more than a second and a half", () => {
    let behind = 0;
    for (let step = 1; step < 3000; step += 10) {
      if (step < 1000) run.takeFrames([frame(step), frame(step + 1)]);
      run.takeFrame(frame(step + 2));
      screen.pass(2);
      behind = Math.max(behind, step + 2 - (run.shown?.step ?? 0));
    }

    expect(behind).toBeGreaterThan(100);
    expect(behind).toBeLessThan((10 * 1600 * 30) / 1000);
    expect(run.shown).toBe(run.frame);
  });

  it.each([
    ["an evaluation", () => run.takeFrame(frame(200, { evaluation: true }))],
    ["a newer run", () => run.takeFrame(frame(1, { run: 1 }))],
    ["a step before", () => run.takeFrame(frame(1))],
    ["another layout", () => run.takeLayout(layout(2))],
    ["whoever edits or presses a button", () => run.replay.end()],
  ])("is ended by %s", (_, event) => {
    run.takeFrames(beginning());
    run.takeFrame(last);
    screen.pass(10);

    event();

    expect(screen.moving).toBe(false);
    expect(run.shown).toBe(run.frame);
  });

  it("is not played where nothing may move; its curves still have all points", () => {
    screen.still = true;

    run.takeFrames(beginning());

    expect(run.shown).toBeNull();
    expect(screen.moving).toBe(false);
    expect(run.history.count).toBeGreaterThanOrEqual(40);
  });

  it("leaves out frames of another layout", () => {
    run.takeFrames([frame(1, { layout: 7 })]);

    expect(run.shown).toBeNull();
    expect(run.history.count).toBe(0);
  });
});
