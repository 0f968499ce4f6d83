import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Probe } from "./probe";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function probe(): { asked: (() => void)[]; told: boolean[]; subject: Probe } {
  const asked: (() => void)[] = [];
  const told: boolean[] = [];
  const ask = (): Promise<void> => new Promise((answer) => asked.push(answer));
  return { asked, told, subject: new Probe(ask, (busy) => told.push(busy)) };
}

describe("a worker that does not answer", () => {
  it("is busy until it does", async () => {
    const { asked, told, subject } = probe();

    subject.poke();
    await vi.advanceTimersByTimeAsync(700);
    expect(told).toEqual([true]);
    asked[0]?.();
    await vi.advanceTimersByTimeAsync(0);

    expect(told).toEqual([true, false]);
  });

  it("is not called busy where it answers soon, and much that is sent in a row is one question", async () => {
    const { asked, told, subject } = probe();

    for (let edit = 0; edit < 10; edit += 1) subject.poke();
    await vi.advanceTimersByTimeAsync(250);
    asked[0]?.();
    await vi.advanceTimersByTimeAsync(1000);

    expect(asked).toHaveLength(1);
    expect(told).toEqual([false]);
  });

  it("is forgotten with the connection", async () => {
    const { told, subject } = probe();

    subject.poke();
    await vi.advanceTimersByTimeAsync(700);
    subject.forget();
    await vi.advanceTimersByTimeAsync(1000);

    expect(told).toEqual([true, false]);
  });
});
