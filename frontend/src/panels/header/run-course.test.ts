import { describe, expect, it } from "vitest";
import type { Status } from "../../wire/messages";
import { followCourse, type RunCourse } from "./run-course";

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
      stoppedAt: 720,
    });
    expect(courseOf(at("paused", 720, 800), at("idle", 720, 720))?.stoppedAt).toBe(720);
  });

  it("is told of no more once another step, another run or Reset came", () => {
    const stopped = [at("running", 719, 800), at("idle", 720, 720)];

    expect(courseOf(...stopped, at("idle", 721, 721))).toBe(null);
    expect(courseOf(...stopped, at("idle", 0, 200, 2))).toBe(null);
    expect(courseOf(...stopped, at("running", 730, 1520))?.stoppedAt).toBe(null);
  });

  it("is not one that came to its end, nor one of which nothing was seen", () => {
    expect(courseOf(at("running", 799, 800), at("idle", 800, 800))).toBe(null);
    expect(courseOf(at("idle", 720, 720))).toBe(null);
  });
});
