import { describe, expect, it } from "vitest";
import type { NewestLoss } from "../../run/losses";
import type { Status } from "../../wire/messages";
import { statusText } from "./run-toolbar";

const at = (more: Partial<Status>): Status => ({
  state: "idle",
  step: 17,
  of: 200,
  loss: 0.0123,
  device: "cpu",
  torch: "2.13.0",
  run: 0,
  dirty: true,
  problem: null,
  ...more,
});

describe("where a run stands", () => {
  it("is told in step and loss", () => {
    expect(statusText(at({}))).toBe("step 17 of 200, loss 0.0123");
    expect(statusText(at({ state: "running" }), { step: 19, loss: 0.5 })).toBe("step 19 of 200, loss 0.500");
  });

  it("says that it is paused", () => {
    expect(statusText(at({ state: "paused" }))).toBe("step 17 of 200, loss 0.0123, paused");
  });

  it("says that it was stopped before its end", () => {
    const stopped = { ...at({ step: 720, of: 800 }), stopped: true };

    expect(statusText(stopped)).toBe("step 720 of 800, loss 0.0123, stopped");
  });

  it("says of a loss that it is no number, and nothing where there is none", () => {
    const none = { step: 17, loss: null };
    const broken = (step: number): NewestLoss => ({ step, loss: Number.NaN, brokenSince: step });

    expect(statusText(at({ loss: null }), none, broken(17))).toBe("step 17 of 200, loss nan");
    expect(statusText(at({ loss: null }), none, broken(16))).toBe("step 17 of 200");
    expect(statusText(at({ loss: null }), broken(17))).toBe("step 17 of 200, loss nan");
    expect(statusText(at({ loss: null }))).toBe("step 17 of 200");
  });

  it("says since when a loss is no number", () => {
    const broken = { step: 17, loss: Number.NaN, brokenSince: 9 };

    expect(statusText(at({ loss: null }), null, broken)).toBe("step 17 of 200, loss nan since step 9");
  });
});
