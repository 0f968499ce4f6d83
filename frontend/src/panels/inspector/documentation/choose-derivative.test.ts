import { describe, expect, it } from "vitest";
import type { Derivative } from "../../../catalog/documentation";
import { sampleCatalog } from "../../../catalog/sample-catalog";
import { addNode, connect, setArgument } from "../../../document/commands";
import { GraphDocument } from "../../../document/graph-document";
import { indexLayout } from "../../../run/run-store";
import type { Layout } from "../../../wire/messages";
import {
  broadcastOf,
  chooseDerivative,
  isComplex,
  type NodeInRun,
  namesAround,
  whyNotComputed,
} from "./choose-derivative";

const wired = { type: "tensor", wired: true, typed: false, required: true };
const catalog = sampleCatalog({
  "torch.randn": { kind: "source", overloads: [{ arguments: [], outputs: [{ name: "0" }] }] },
  "torch.add": {
    kind: "function",
    overloads: [
      {
        arguments: [
          { name: "input", ...wired },
          { name: "other", type: "number", wired: true, required: true },
          { name: "alpha", type: "number", default: "1" },
          { name: "dim", type: "int", default: "0" },
        ],
        outputs: [{ name: "0" }],
      },
    ],
  },
});

function output(node: string, shape: number[], grad_fn: string | null, dtype = "float32"): object {
  return { ref: node, node, output: "0", shape, dtype, requires_grad: true, leaf: false, grad_fn };
}

/** `y = w + x`, or `y = w + literal`, as it is drawn and after it has run. */
function around(literal: string | null, outputs: object[] = []): NodeInRun {
  const document = new GraphDocument();
  const place = (op: string, id: string): string => addNode(document, { op, id, at: [0, 0] });
  const [w, x, y] = [place("torch.randn", "w"), place("torch.randn", "x"), place("torch.add", "y")];
  connect(document, { source: w, output: null, target: y, argument: "input", list: false });
  if (literal === null)
    connect(document, { source: x, output: null, target: y, argument: "other", list: false });
  else setArgument(document, y, "other", literal);
  const snapshot = document.getSnapshot();
  const node = snapshot.byId.get("y");
  const operation = catalog.operations.get("torch.add");
  if (!node || !operation) throw new Error("the graph was not built");
  const layout = { outputs, edges: [], leaves: [], problems: [] } as unknown as Layout;
  return { node, operation, snapshot, layout: outputs.length > 0 ? indexLayout(layout) : null };
}

const derivative = (of: string, made: string, ...names: string[]): Derivative => ({
  of,
  function: made,
  formulas: names.map((name) => ({ arguments: [name], formula: "grad", equations: [] })),
});
const tensor = derivative("add.Tensor", "AddBackward0", "self", "other");
const scalar = derivative("add.Scalar", "AddBackward1", "self");

describe("which formula a node stands for", () => {
  it("is what its grad_fn says", () => {
    const ran = around(null, [output("y", [3], "AddBackward1")]);

    expect(chooseDerivative([tensor, scalar], ran)).toBe(scalar);
  });

  it("is the one that fits what is wired, before it has run", () => {
    expect(chooseDerivative([scalar, tensor], around(null))).toBe(tensor);
    expect(chooseDerivative([tensor, scalar], around("2.5"))).toBe(scalar);
    expect(chooseDerivative([], around(null))).toBeNull();
  });
});

describe("a gradient that is not computed", () => {
  it("says why, as the run told it for the edge", () => {
    const ran = around(null, [output("y", [3], "AddBackward0")]);
    const edges = [
      { edge: "y.input", from: "w", why: null },
      { edge: "y.other", from: "x", why: "x does not require a gradient" },
    ];
    const layout = ran.layout && indexLayout({ ...ran.layout.layout, edges });

    expect(whyNotComputed({ ...ran, layout }, "self")).toBeNull();
    expect(whyNotComputed({ ...ran, layout }, "other")).toBe("x does not require a gradient");
    expect(whyNotComputed(around(null), "other")).toBeNull();
  });
});

describe("the names around a node", () => {
  it("are those of nodes, and numbers where they are typed", () => {
    const names = namesAround(around("2.5"));

    expect(names.argument("self")).toBe("w");
    expect(names.argument("other")).toBe("2.5");
    expect(names.argument("alpha")).toBe("1");
    expect(names.argument("dim")).toBeNull();
    expect(names.result("")).toBe("y");
  });
});

describe("what a run tells of a formula", () => {
  it("is where an argument is broadcast", () => {
    const ran = around(null, [
      output("w", [1], null),
      output("x", [4, 1], null),
      output("y", [4, 1], "AddBackward0"),
    ]);

    expect(broadcastOf(ran, "self")).toEqual({ from: [1], to: [4, 1] });
    expect(broadcastOf(ran, "other")).toBeNull();
  });

  it("is whether complex numbers take part", () => {
    expect(isComplex(around(null, [output("y", [1], null)]))).toBe(false);
    expect(isComplex(around(null, [output("y", [1], null, "complex64")]))).toBe(true);
  });
});
