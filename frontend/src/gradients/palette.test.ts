import { describe, expect, it } from "vitest";
import { paletteOf, parseColour, type Tokens } from "./palette";

const tokens: Tokens = {
  background: "#F7F7F4",
  card: "#FFFFFF",
  line: "#D9DAD5",
  ink: "#1C2024",
  dim: "#565D68",
  faint: "#666D78",
  minus: "#2B6CD4",
  zero: "#C9CCD0",
  plus: "#E0670B",
  plusText: "#B84D00",
  leaf: "#2B6CD4",
  data: "#C9CCD0",
  loss: "#1F9D61",
  lossText: "#157A4A",
  selection: "#7A5CFF",
  problem: "#C2313A",
};

describe("the palette", () => {
  it("goes from minus over grey to plus", () => {
    const palette = paletteOf(tokens);

    expect(palette.ribbons[0]).toBe("rgb(43, 108, 212)");
    expect(palette.ribbons[8]).toBe("rgb(201, 204, 208)");
    expect(palette.ribbons[16]).toBe("rgb(224, 103, 11)");
  });

  it("gives each byte of a picture its colour, and what is not finite the ink", () => {
    const bytes = new Uint8Array(paletteOf(tokens).cells.buffer);
    const colour = (cell: number): number[] => [...bytes.subarray((cell & 255) * 4, (cell & 255) * 4 + 4)];

    expect(colour(127)).toEqual([224, 103, 11, 255]);
    expect(colour(-127)).toEqual([43, 108, 212, 255]);
    expect(colour(0)).toEqual([201, 204, 208, 255]);
    expect(colour(-128)).toEqual([28, 32, 36, 255]);
  });

  it("reads short and long colours and takes anything else for black", () => {
    expect(parseColour(" #fff ")).toEqual([255, 255, 255]);
    expect(parseColour("#E0670B")).toEqual([224, 103, 11]);
    expect(parseColour("")).toEqual([0, 0, 0]);
  });
});
