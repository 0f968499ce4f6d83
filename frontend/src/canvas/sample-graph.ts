/** A small graph with its catalogue and its layout, for the tests of the canvas. */
import type { Catalog } from "../catalog/types";
import { paste, setLoss } from "../document/commands";
import { GraphDocument } from "../document/graph-document";
import { type IndexedLayout, indexLayout } from "../run/run-store";
import type { Layout, OutputRow, Picture } from "../wire/messages";
import { sampleArgument, sampleOperation, sampleRow } from "./sample-parts";

const FILE = `{"gradcanvas": 1, "nodes": {
  "x": {"op": "torch.randn", "args": {"size": [3]}, "at": [0, 200]},
  "w": {"op": "torch.randn", "args": {"size": [1]}, "requires_grad": true, "at": [0, 0]},
  "wx": {"op": "torch.mul", "inputs": {"input": "w", "other": "x"}, "at": [240, 100]},
  "both": {"op": "torch.cat", "inputs": {"tensors": ["wx", "x"]}, "at": [480, 100]},
  "loss": {"op": "torch.mean", "inputs": {"input": "both"}, "at": [720, 100]}
}}`;

/** The document of the sample: w · x beside x, and the mean of both. */
export function sampleDocument(): GraphDocument {
  const document = new GraphDocument();
  paste(document, FILE, [0, 0], false);
  const loss = document.getSnapshot().byId.get("loss");
  setLoss(document, loss ? { uid: loss.uid, output: null } : null);
  return document;
}

/** The operations of the sample. */
export const sampleCatalog: Catalog = {
  torch: "",
  operations: new Map(
    [
      sampleOperation("torch.randn", "source", [sampleArgument("size", { type: "ints", wired: false })]),
      sampleOperation("torch.mul", "function", [sampleArgument("input"), sampleArgument("other")]),
      sampleOperation("torch.cat", "function", [
        sampleArgument("tensors", { type: "tensors", typed: false }),
        sampleArgument("dim", { type: "int", wired: false, required: false }),
      ]),
      sampleOperation("torch.mean", "function", [sampleArgument("input", { typed: false })]),
    ].map((made) => [made.name, made]),
  ),
};

/** What an evaluation of the sample tells. */
export function sampleLayout(change: Partial<Layout> = {}): IndexedLayout {
  return indexLayout({
    layout: 1,
    edit: 1,
    problems: [],
    outputs: [
      row("x", [3], false, null),
      row("w", [1], true, null),
      row("wx", [3], true, "MulBackward0"),
      row("both", [6], true, "CatBackward0"),
      row("loss", [], true, "MeanBackward0"),
    ],
    edges: [
      { edge: "wx.input", from: "w", why: null },
      { edge: "wx.other", from: "x", why: "x does not require a gradient" },
      { edge: "both.tensors.0", from: "wx", why: null },
      { edge: "both.tensors.1", from: "x", why: "x does not require a gradient" },
      { edge: "loss.input", from: "both", why: null },
    ],
    leaves: ["w"],
    parameters: [],
    data: {},
    loss: "loss",
    ...change,
  });
}

function row(ref: string, shape: number[], requiresGrad: boolean, gradFn: string | null): OutputRow {
  const number = shape.every((length) => length === 1);
  const picture: Picture = { kind: number ? "number" : "strip", rows: 1, columns: shape[0] ?? 1, offset: 0 };
  const gradient = requiresGrad ? picture : null;
  return sampleRow(ref, shape, gradFn, { requires_grad: requiresGrad, picture, gradient_picture: gradient });
}
