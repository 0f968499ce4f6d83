import { describe, expect, it } from "vitest";
import { exactNumber, NumberTexts, shortNumber, signedNumber } from "./number-text";

describe("a short number", () => {
  it.each([
    [0, "0"],
    [-0, "0"],
    [1, "1"],
    [-80, "−80"],
    [0.0142, "0.0142"],
    [-0.19, "−0.190"],
    [0.02096, "0.0210"],
    [1.0522773, "1.05"],
    [123.456, "123"],
    [1234.5, "1230"],
    [9999.9, "1.00e4"],
    [12345, "1.23e4"],
    [0.0001234, "0.000123"],
    [0.00001234, "1.23e−5"],
    [-1.5e-7, "−1.50e−7"],
    [Number.NaN, "nan"],
    [Number.POSITIVE_INFINITY, "inf"],
    [Number.NEGATIVE_INFINITY, "−inf"],
  ])("writes %d as %s", (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });

  it("carries its sign where a sign says the direction", () => {
    expect(signedNumber(0.5)).toBe("+0.500");
    expect(signedNumber(-0.5)).toBe("−0.500");
    expect(signedNumber(0)).toBe("0");
  });
});

it("an exact number keeps every digit", () => {
  expect(exactNumber(-1.9127354621887207)).toBe("−1.9127354621887207");
});

it("texts are made once as long as the number stays", () => {
  let calls = 0;
  const texts = new NumberTexts((value) => {
    calls += 1;
    return String(value);
  });
  texts.resize(2);

  const shown = [
    texts.text(0, 1.5),
    texts.text(0, 1.5),
    texts.text(1, Number.NaN),
    texts.text(1, Number.NaN),
  ];

  expect(shown).toEqual(["1.5", "1.5", "NaN", "NaN"]);
  expect(calls).toBe(2);
});
