import katex from "katex";
import { describe, expect, it } from "vitest";
import type { Equation } from "../../../catalog/documentation";
import { equationText, type FormulaNames, formulaCommands, nameText, PLAIN_NAMES } from "./formula-text";

const product: Equation = {
  left: "\\gradient{\\argument{self}}",
  right: "\\gradient{\\result{}} \\cdot \\conjugate{\\argument{other}}",
  elementwise: true,
  is_sum: false,
  holds: "",
};
const names: FormulaNames = {
  argument: (name) => ({ self: "w", other: "x", alpha: "1" })[name] ?? null,
  result: (output) => (output === "" ? "wx" : `wx.${output}`),
};

describe("a formula filled with the names of a graph", () => {
  it("names nodes instead of arguments", () => {
    expect(equationText(product, names, false)).toBe(
      "\\gradient{w} = \\gradient{\\mathrm{wx}} \\cdot \\conjugate{x}",
    );
  });

  it("sums over the dimensions in which an argument is broadcast", () => {
    expect(equationText(product, names, true)).toContain("= \\sum \\gradient");
    expect(equationText({ ...product, right: "a + b", is_sum: true }, names, true)).toContain(
      "\\sum \\left(a + b\\right)",
    );
    expect(equationText({ ...product, elementwise: false }, names, true)).not.toContain("\\sum");
  });

  it("does not say factors and exponents of one", () => {
    const scaled = { ...product, right: "\\conjugate{\\argument{alpha}} \\cdot \\gradient{\\result{}}" };
    const power = { ...product, right: "2 \\cdot {\\argument{other}}^{1}" };

    expect(equationText(scaled, names, false)).toBe("\\gradient{w} = \\gradient{\\mathrm{wx}}");
    expect(equationText(power, names, false)).toBe("\\gradient{w} = 2 \\cdot x");
  });

  it("gives several arguments of one formula a line, and leaves out what is not wired", () => {
    const many = {
      ...product,
      left: "\\gradient{\\argument{self}},\\; \\gradient{\\argument{bias}}",
      right: "f",
    };

    expect(equationText(many, names, false)).toBe(
      "\\begin{aligned} & \\gradient{w} \\\\ & = f \\end{aligned}",
    );
  });

  it("leaves other numbers as they are", () => {
    const half = { ...product, right: "0.1 \\cdot a + 11 \\cdot b" };

    expect(equationText(half, names, false)).toContain("= 0.1 \\cdot a + 11 \\cdot b");
  });

  it("reads by itself where there is no graph", () => {
    expect(equationText(product, PLAIN_NAMES, false)).toBe(
      "\\gradient{x} = \\gradient{y} \\cdot \\conjugate{\\mathrm{other}}",
    );
  });

  it("is set by KaTeX, for real and for complex numbers", () => {
    const set = (complex: boolean): string =>
      katex.renderToString(equationText(product, names, true), { macros: { ...formulaCommands(complex) } });

    expect(set(false)).not.toContain("overline");
    expect(set(true)).toContain("overline");
  });

  it("may be broken into lines after the sign of equality and before that of a product", () => {
    const macros = { ...formulaCommands(false) };
    const set = katex.renderToString("a = f \\cdot g", { output: "html", displayMode: true, macros });

    const lines = set.split('<span class="katex-base">').map((line) => line.replace(/<[^>]*>/g, ""));

    expect(lines).toEqual(["", "a=", "f", "⋅g"]);
  });
});

describe("a name in mathematics", () => {
  it("is upright where it is a word, and has its number below the line", () => {
    expect(nameText("x")).toBe("x");
    expect(nameText("attn_mask")).toBe("\\mathrm{attn\\_mask}");
    expect(nameText("mat2")).toBe("\\mathrm{mat}_{2}");
    expect(nameText("-0.5")).toBe("-0.5");
  });
});
