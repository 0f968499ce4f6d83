import { describe, expect, it } from "vitest";
import { drawLine } from "./crowd";

const WIDTH = 8;
const HEIGHT = 5;

function drawn(x1: number, y1: number, x2: number, y2: number): string[] {
  const pixels = new Uint32Array(WIDTH * HEIGHT);
  drawLine(pixels, WIDTH, HEIGHT, x1, y1, x2, y2, 1);
  return Array.from({ length: HEIGHT }, (_, row) =>
    Array.from(pixels.subarray(row * WIDTH, (row + 1) * WIDTH), (pixel) => (pixel ? "#" : ".")).join(""),
  );
}

describe("drawLine", () => {
  it("sets every pixel from end to end, in either direction", () => {
    const line = ["#.......", ".##.....", "...##...", ".....##.", ".......#"];
    expect(drawn(0, 0, 7, 4)).toEqual(line);
    expect(drawn(0, 2, 7, 2)[2]).toBe("########");
    expect(drawn(7, 2, 0, 2)[2]).toBe("########");
    expect(drawn(3, 4, 3, 0).every((row) => row === "...#....")).toBe(true);
    expect(drawn(2, 2, 2, 2)[2]).toBe("..#.....");
  });

  it("draws what is inside of a line that comes from outside, at the places of the whole line", () => {
    expect(drawn(-700, 2, 700, 2)[2]).toBe("########");
    expect(drawn(-2, -2, 9, 9)).toEqual(["#.......", ".#......", "..#.....", "...#....", "....#..."]);
    expect(drawn(4, -1e6, 4, 1e6).every((row) => row === "....#...")).toBe(true);
  });

  it("draws nothing of a line that is outside, or that is nowhere", () => {
    const nothing = Array.from({ length: HEIGHT }, () => "........");
    expect(drawn(-5, -5, -1, -1)).toEqual(nothing);
    expect(drawn(-4, 2, 3, -5)).toEqual(nothing);
    expect(drawn(9, 0, 9, 4)).toEqual(nothing);
    expect(drawn(Number.NaN, 0, 3, 3)).toEqual(nothing);
  });

  it("never sets a pixel of another row, wherever the ends lie", () => {
    let seed = 7;
    const random = (): number => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647;
    };
    for (let round = 0; round < 5000; round += 1) {
      const ends = [0, 1, 2, 3].map(() => (random() - 0.3) * 16) as [number, number, number, number];
      const rows = drawn(...ends);
      const [x1, y1, x2, y2] = ends;
      rows.forEach((row, y) => {
        if (row.includes("#")) expect(y >= Math.min(y1, y2) - 1 && y <= Math.max(y1, y2) + 1).toBe(true);
        for (const [x, mark] of [...row].entries())
          if (mark === "#") expect(x >= Math.min(x1, x2) - 1 && x <= Math.max(x1, x2) + 1).toBe(true);
      });
    }
  });
});
