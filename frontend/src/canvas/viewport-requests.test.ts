import { describe, expect, it } from "vitest";
import { type Box, moveToShow } from "./viewport-requests-move";

const canvas: Box = { left: 0, top: 0, right: 800, bottom: 500 };
const room: Box = { left: 20, top: 20, right: 780, bottom: 450 };
const buttons: Box = { left: 680, top: 460, right: 790, bottom: 490 };
const nothing = (): never => {
  throw new Error("what is in the room needs no look at what lies over the canvas");
};
const card = (left: number, top: number, width = 120, height = 80): Box => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
});

describe("a box that is seen wholly", () => {
  it("moves nothing, however near it stands to an edge", () => {
    expect(moveToShow(card(20, 20), canvas, room, nothing)).toEqual({ right: 0, down: 0 });
    expect(moveToShow(card(2, 415), canvas, room, () => [buttons])).toEqual({ right: 0, down: 0 });
  });
});

describe("a box that is not", () => {
  it("comes in by the smallest move that leaves a margin", () => {
    expect(moveToShow(card(-60, 100), canvas, room, () => [])).toEqual({ right: -80, down: 0 });
    expect(moveToShow(card(720, 480), canvas, room, () => [])).toEqual({ right: 60, down: 110 });
  });

  it("comes out from beneath what lies over the canvas", () => {
    expect(moveToShow(card(660, 410), canvas, room, () => [buttons])).toEqual({ right: 0, down: 40 });
  });

  it("shows its beginning where it is too large", () => {
    expect(moveToShow(card(300, 100, 1000, 90), canvas, room, () => [])).toEqual({ right: 280, down: 0 });
  });
});
