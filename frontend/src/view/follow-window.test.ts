import { beforeEach, describe, expect, it } from "vitest";
import { narrowing } from "./follow-window";
import { useView } from "./view-store";

const first = useView.getState();
const open = (): readonly boolean[] => [useView.getState().paletteOpen, useView.getState().inspectorOpen];

beforeEach(() => useView.setState(first, true));

describe("side panels in a narrow window", () => {
  it("are folded, and come back as they were when it is wide", () => {
    const change = narrowing();
    useView.getState().toggle("palette");

    useView.setState(change(true, useView.getState()));
    expect(open()).toEqual([false, false]);
    useView.setState(change(false, useView.getState()));

    expect(open()).toEqual([false, true]);
  });

  it("are open one at a time, and give the canvas back", () => {
    useView.setState(narrowing()(true, useView.getState()));
    const { toggle, editFields, leaveSide } = useView.getState();

    toggle("palette");
    expect(open()).toEqual([true, false]);
    toggle("inspector");
    expect(open()).toEqual([false, true]);
    toggle("palette");
    editFields("first");
    expect(open()).toEqual([false, true]);
    leaveSide();
    expect(open()).toEqual([false, false]);
  });

  it("stay in a wide one when a person goes on", () => {
    useView.getState().leaveSide();
    useView.getState().toggle("palette");

    expect(open()).toEqual([false, true]);
  });
});
