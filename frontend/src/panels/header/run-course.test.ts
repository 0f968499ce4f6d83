import { describe, expect, it } from "vitest";
import type { Status } from "../../wire/messages";
import { followCourse, type RunCourse, toldStatus } from "./run-course";

const at = (state: Status["state"], step: number, of: number, run = 1): Status => ({
  state,
  step,
  of,
  run,
  loss: null,
  device: "cpu",
  torch: "2.13.0",
  dirty: true,
  problem: null,
});
const courseOf = (...statuses: Status[]): RunCourse | null => statuses.reduce(followCourse, null);

describe("a run that is stopped", () => {
  it("stood before its target", () => {
    expect(courseOf(at("running", 719, 800), at("idle", 720, 720))).toEqual({
      run: 1,
      of: 800,
      endedAt: 720,
    });
    expect(courseOf(at("paused", 720, 800), at("idle", 720, 720))?.endedAt).toBe(720);
  });

  it("is told of no more once another step, another run or Reset came", () => {
    const stopped = [at("running", 719, 800), at("idle", 720, 720)];

    expect(courseOf(...stopped, at("idle", 721, 721))).toBe(null);
    expect(courseOf(...stopped, at("idle", 0, 200, 2))).toBe(null);
    expect(courseOf(...stopped, at("running", 730, 1520))?.endedAt).toBe(null);
  });

  it("is not one that came to its end, nor one of which nothing was seen", () => {
    const [before, ended] = [at("running", 799, 800), at("idle", 800, 800)];

    expect(toldStatus(ended, courseOf(before, ended), 200)).toMatchObject({ of: 800, stopped: false });
    expect(courseOf(at("idle", 720, 720))).toBe(null);
  });
});

describe("what a run was to come to", () => {
  it("is told where the page saw it, or where the graph says so", () => {
    const stopped = at("idle", 720, 720);

    expect(toldStatus(stopped, courseOf(at("running", 719, 800), stopped), 200)).toMatchObject({
      of: 800,
      stopped: true,
    });
    expect(toldStatus(at("idle", 200, 200), null, 200).of).toBe(200);
    expect(toldStatus(at("idle", 17, 200), null, 200).of).toBe(200);
    expect(toldStatus(at("running", 720, 720), null, 200).of).toBe(720);
  });

  it("is not told where the step itself stands in its place", () => {
    expect(toldStatus(at("idle", 720, 720), null, 200).of).toBe(0);
    expect(toldStatus(at("idle", 5, 5), null, null).of).toBe(0);
  });
});
