import { describe, expect, it } from "vitest";
import { elementRows, exactElement, shortElement } from "./tensor-elements";

describe("the elements of a tensor", () => {
  it("of a vector stand below each other", () => {
    expect(elementRows([1, 2], [2])).toEqual([
      { place: "0", cells: [1] },
      { place: "1", cells: [2] },
    ]);
  });

  it("have their last dimension across and the others down", () => {
    const rows = elementRows([[[1, 2]], [[3, 4]], [[5, 6]]], [3, 1, 2]);

    expect(rows.map(({ place }) => place)).toEqual(["0, 0", "1, 0", "2, 0"]);
    expect(rows[2]?.cells).toEqual([5, 6]);
  });

  it("are one row where there is one element", () => {
    expect(elementRows(7, [])).toEqual([{ place: "", cells: [7] }]);
  });

  it("are written short and exactly, whatever they are", () => {
    expect(shortElement(-0.0142345)).toBe("\u22120.0142");
    expect(exactElement(0.10000000149011612)).toBe("0.10000000149011612");
    expect(shortElement("-inf")).toBe("\u2212inf");
    expect(shortElement(true)).toBe("True");
    expect(shortElement({ complex: [1, -2] })).toBe("1\u22122j");
    expect(shortElement({ complex: ["nan", 2] })).toBe("nan+2j");
  });
});
