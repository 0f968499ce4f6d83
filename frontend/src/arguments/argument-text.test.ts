import { describe, expect, it } from "vitest";
import type { Argument, ArgumentType } from "../catalog/types";
import { numberText, readArgument, readCells, showArgument } from "./argument-text";
import { literalOfCells, pasteCells, readTensorData } from "./tensor-data";

function argument(type: ArgumentType, more: Partial<Argument> = {}): Argument {
  return {
    name: "it",
    type,
    wired: false,
    typed: true,
    required: false,
    nullable: false,
    default: null,
    choices: [],
    passing: "keyword",
    length: null,
    fixed: null,
    ...more,
  };
}

const literal = (type: ArgumentType, text: string, more: Partial<Argument> = {}): string | null | undefined =>
  readArgument(argument(type, more), text).literal;

describe("typed arguments", () => {
  it("keep numbers as they were written", () => {
    for (const text of ["1", "1.0", "-0.0", "1e-3", "1152921504606846976", "0.10"])
      expect(literal("number", text)).toBe(text);
  });

  it("become JSON numbers where a person writes them another way", () => {
    expect([".5", "1.", "+2", "007", "1_000", "\u22121"].map(numberText)).toEqual([
      "0.5",
      "1.0",
      "2",
      "7",
      "1000",
      "-1",
    ]);
    expect(["", ".", "e5", "1,5", "x"].map(numberText)).toEqual([null, null, null, null, null]);
  });

  it("take infinity, not-a-number and complex numbers", () => {
    expect(literal("number", "-inf")).toBe('"-inf"');
    expect(literal("number", "nan")).toBe('"nan"');
    expect(literal("number", "1.5-2j")).toBe('{"complex": [1.5, -2]}');
    expect(literal("number", "3j")).toBe('{"complex": [0, 3]}');
  });

  it("take a whole number however it is typed", () => {
    const typed = ["1e9", "1_000", "3.0", "-2e0", "\u22127", "9007199254740993"];

    expect(typed.map((text) => literal("int", text))).toEqual([
      "1000000000",
      "1000",
      "3",
      "-2",
      "-7",
      "9007199254740993",
    ]);
    expect(["1e30", "1e-3", "nan", ""].map((text) => literal("int", text) ?? null)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it("refuse what does not fit and say what would", () => {
    expect(readArgument(argument("int"), "1.5")).toEqual({ refusal: "it takes a whole number, such as 1." });
    expect(literal("ints", "1, x")).toBeUndefined();
    expect(literal("ints", "1, 2, 3", { length: 2 })).toBeUndefined();
    expect(literal("ints", "3", { length: 2 })).toBe("3");
    expect(literal("ints", "[3]", { length: 2 })).toBe("[3]");
    expect(literal("ints", "3")).toBe("[3]");
  });

  it("read sizes with or without brackets", () => {
    for (const text of ["80, 1", "[80, 1]", "(80,1)", "80 1", "80 × 1"])
      expect(literal("ints", text)).toBe("[80, 1]");
    expect(showArgument("ints", "[80, 1]")).toBe("80, 1");
  });

  it("mean the default where a field is empty, and None where it may", () => {
    expect(literal("int", " ")).toBeNull();
    expect(literal("int", "None", { nullable: true })).toBe("null");
    expect(literal("int", "None")).toBeUndefined();
  });

  it("read data as a number, a list, nested lists or rows of a spreadsheet", () => {
    expect(literal("data", "1.5")).toBe("1.5");
    expect(literal("data", "1.0, 2.0")).toBe("[1.0, 2.0]");
    expect(literal("data", "[[1.0],[2.0]]")).toBe("[[1.0], [2.0]]");
    expect(literal("data", "1\t2\n3\t4\n")).toBe("[[1, 2], [3, 4]]");
    expect(literal("data", '[1, "x"]')).toBeUndefined();
  });
});

describe("tensor data", () => {
  it("knows shape, kind and range", () => {
    expect(readTensorData("[[1.0, 2], [3, -4]]")).toMatchObject({
      shape: [2, 2],
      kind: "float",
      low: -4,
      high: 3,
    });
    expect(readTensorData("[true, false]")).toMatchObject({ shape: [2], kind: "bool" });
    expect(readTensorData("[[1], [2, 3]]")).toBeNull();
  });

  it("keeps vector and matrix apart when cells are written back", () => {
    expect(literalOfCells([["1.0"], ["2.0"]], 1)).toBe("[1.0, 2.0]");
    expect(literalOfCells([["1.0"], ["2.0"]], 2)).toBe("[[1.0], [2.0]]");
    expect(literalOfCells([["1.0"]], 0)).toBe("1.0");
  });

  it("grows where a pasted block reaches beyond it", () => {
    expect(
      pasteCells(
        [["1"]],
        [
          ["5", "6"],
          ["7", "8"],
        ],
        0,
        1,
      ),
    ).toEqual([
      ["1", "5", "6"],
      ["0.0", "7", "8"],
    ]);
  });

  it("reads spreadsheets with a decimal comma between tabs", () => {
    expect(readCells("1,5\t2,5\n3\t4")).toEqual([
      ["1.5", "2.5"],
      ["3", "4"],
    ]);
    expect(readCells("a\tb")).toBeNull();
  });

  it("summarises what is large", () => {
    const many = `[${Array.from({ length: 5000 }, (_, index) => index).join(", ")}]`;

    expect(readTensorData(many)).toMatchObject({ count: 5000, cells: null, low: 0, high: 4999 });
  });
});
