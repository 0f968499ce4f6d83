import { describe, expect, it } from "vitest";
import type { Frame } from "../run/frame";
import { edgeAttributes, nodeAttributes } from "./attributes";
import { sampleLayout } from "./sample-graph";

const NONE = [Number.NaN, Number.NaN, Number.NaN, Number.NaN, -1];

function figures(...rows: number[][]): Float64Array {
  return Float64Array.from(rows.flat());
}

const frame: Frame = {
  number: 1,
  layout: 1,
  exact: true,
  evaluation: true,
  withoutGradients: false,
  step: 0,
  loss: 0.25,
  run: 1,
  edges: figures([0.12, 0.03, -1, 1, 0], NONE, [1, 0.5, 0, 1, 0], NONE, [2, 0.1, 0, 1, 0]),
  values: figures([1, 1, 1, 1, 0], [1.9, 1.9127354621887207, 1.9, 1.9, 0], NONE, NONE, [0.25, 0.25, 0, 0, 0]),
  gradients: figures(NONE, [0.00862, -0.00862, 0, 0, 0], NONE, NONE, [1, 1, 1, 1, 0]),
  deposits: figures([0, 0, 0, 0, 0]),
  pictures: new Int8Array(0),
};
const numbers = { frame, layout: sampleLayout() };

describe("the attributes of a node", () => {
  it("hold unrounded numbers, and a leaf's deposits", () => {
    expect(nodeAttributes(numbers, "w")).toEqual({
      "data-gradient-norm": "0.00862",
      "data-grad-norm": "0",
      "data-value": "1.9127354621887207",
    });
  });

  it("are empty where there is no gradient or more than one element", () => {
    expect(nodeAttributes(numbers, "x")).toEqual({ "data-gradient-norm": "", "data-value": "" });
    expect(nodeAttributes({ frame: null, layout: null }, "w")).toEqual({
      "data-gradient-norm": "",
      "data-value": "",
    });
  });

  it("give a complex number no value that could be taken for a real one", () => {
    const complex = {
      ...frame,
      values: figures([1, 1, 1, 1, 0], [5, Number.NaN, Number.NaN, Number.NaN, 0]),
    };

    expect(nodeAttributes({ ...numbers, frame: complex }, "w")["data-value"]).toBe("");
    const bad = { ...frame, values: figures([1, 1, 1, 1, 0], [Number.NaN, Number.NaN, 0, 0, 1]) };
    expect(nodeAttributes({ ...numbers, frame: bad }, "w")["data-value"]).toBe('"nan"');
  });

  it("tell a deposit that is None from one of zeros", () => {
    const none = { ...numbers, frame: { ...frame, deposits: figures(NONE) } };

    expect(nodeAttributes(none, "w")["data-grad-norm"]).toBe("");
  });
});

describe("the attributes of an edge", () => {
  it("say norm and mean, to eyes and ears", () => {
    expect(edgeAttributes(numbers, "wx.input")).toEqual({
      "data-gradient-norm": "0.12",
      "data-gradient-mean": "0.03",
      "aria-label": "gradient of wx.input: norm 0.120, mean 0.0300",
    });
  });

  it("say why there is none", () => {
    expect(edgeAttributes(numbers, "wx.other")).toEqual({
      "data-gradient-norm": "",
      "data-gradient-mean": "",
      "aria-label": "gradient of wx.other: none, x does not require a gradient",
    });
  });

  it("say of a complex gradient its norm alone", () => {
    const edges = figures([0.12, Number.NaN, Number.NaN, Number.NaN, 0]);

    expect(edgeAttributes({ ...numbers, frame: { ...frame, edges } }, "wx.input")).toEqual({
      "data-gradient-norm": "0.12",
      "data-gradient-mean": "",
      "aria-label": "gradient of wx.input: complex, norm 0.120",
    });
  });
});
