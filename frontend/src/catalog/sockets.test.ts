import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { addNode, connect, setArgument } from "../document/commands";
import { GraphDocument } from "../document/graph-document";
import type { NodeView } from "../document/types";
import { sampleCatalog } from "./sample-catalog";
import { chooseOverload, inputSockets, outputSockets, refusalOfWire } from "./sockets";

const wired = { type: "tensor", wired: true, typed: false, required: true };
const catalog = sampleCatalog({
  "torch.randn": {
    kind: "source",
    overloads: [{ arguments: [{ name: "size", type: "ints", required: true }], outputs: [{ name: "0" }] }],
  },
  "torch.neg": {
    kind: "function",
    overloads: [{ arguments: [{ name: "input", ...wired }], outputs: [{ name: "0" }] }],
  },
  "torch.max": {
    kind: "function",
    overloads: [
      { arguments: [{ name: "input", ...wired }], outputs: [{ name: "0" }] },
      {
        arguments: [
          { name: "input", ...wired },
          { name: "dim", type: "int", required: true },
        ],
        outputs: [{ name: "values" }, { name: "indices" }],
      },
    ],
  },
  "gradcanvas.data": {
    kind: "source",
    overloads: [
      {
        arguments: [
          { name: "source", type: "choice", required: true, choices: ["moons"] },
          { name: "noise", type: "float", default: "0.1" },
        ],
        outputs: [{ name: "x" }, { name: "y" }],
      },
      {
        arguments: [{ name: "source", type: "choice", required: true, choices: ["digits"] }],
        outputs: [{ name: "images" }, { name: "labels" }],
      },
      {
        arguments: [{ name: "source", type: "file", required: true }],
        outputs: [{ name: "0", many: true }],
      },
    ],
  },
  "torch.stack": {
    kind: "function",
    overloads: [{ arguments: [{ name: "tensors", ...wired, type: "tensors" }], outputs: [{ name: "0" }] }],
  },
});

function chain(): { document: GraphDocument; source: string; first: string; second: string } {
  const document = new GraphDocument();
  const source = addNode(document, { op: "torch.randn", at: [0, 0], id: "x" });
  const first = addNode(document, { op: "torch.neg", at: [0, 0], id: "first" });
  const second = addNode(document, { op: "torch.max", at: [0, 0], id: "second" });
  connect(document, { source, output: null, target: first, argument: "input", list: false });
  connect(document, { source: first, output: null, target: second, argument: "input", list: false });
  return { document, source, first, second };
}

const nodeOf = (document: GraphDocument, uid: string): NodeView =>
  document.getSnapshot().byUid.get(uid) as NodeView;

describe("overloads", () => {
  it("follow the arguments that are given", () => {
    const { document, second } = chain();
    const operation = catalog.operations.get("torch.max");
    const outputs = (): string[] =>
      outputSockets(operation, nodeOf(document, second), document.getSnapshot()).map((socket) => socket.name);

    expect(outputs()).toEqual(["0"]);
    setArgument(document, second, "dim", "0");
    expect(outputs()).toEqual(["values", "indices"]);
    expect(operation && chooseOverload(operation, nodeOf(document, second)).arguments.length).toBe(2);
  });
});

describe("the outputs of data", () => {
  const operation = catalog.operations.get("gradcanvas.data");
  const outputs = (source: string, known: string[]): (string | null)[][] => {
    const document = new GraphDocument();
    const node = addNode(document, {
      op: "gradcanvas.data",
      at: [0, 0],
      args: { source: JSON.stringify(source) },
    });
    const sockets = outputSockets(operation, nodeOf(document, node), document.getSnapshot(), known);
    return sockets.map((socket) => [socket.output, socket.name]);
  };

  it("are those of the set, whatever stood there when it was evaluated last", () => {
    expect(outputs("digits", ["0", "y"])).toEqual([
      [null, "images"],
      ["labels", "labels"],
    ]);
  });

  it("are what the server found in a file", () => {
    expect(outputs(`data:text/csv,a%2Cb%0A${"1%2C2%0A".repeat(100)}`, ["a", "b"])).toEqual([
      [null, "a"],
      ["b", "b"],
    ]);
  });
});

describe("sockets", () => {
  it("stand in the order of the signature and count their wires", () => {
    const { document, source } = chain();
    const stack = addNode(document, { op: "torch.stack", at: [0, 0] });
    for (const _ of [1, 2])
      connect(document, { source, output: null, target: stack, argument: "tensors", list: true });

    const sockets = inputSockets(
      catalog.operations.get("torch.stack"),
      nodeOf(document, stack),
      document.getSnapshot(),
    );

    expect(sockets).toEqual([{ argument: "tensors", list: true, required: true, typed: false, wires: 2 }]);
  });

  it("are those that the wires name where the operation is unknown", () => {
    const { document, first } = chain();

    const sockets = inputSockets(undefined, nodeOf(document, first), document.getSnapshot());

    expect(sockets.map((socket) => socket.argument)).toEqual(["input"]);
  });
});

describe("the outputs of what calls a function", () => {
  it("are the function's, each once, whether the evaluation numbers or names them", () => {
    const document = new GraphDocument();
    const node = addNode(document, { op: "gradcanvas.call", at: [0, 0], args: { function: '"double"' } });
    document.transact(({ functions }) => {
      const outputs = new Y.Map([
        ["a", "t"],
        ["b", "u"],
      ]);
      const fields = new Y.Map<unknown>([
        ["name", "double"],
        ["outputs", outputs],
      ]);
      functions.set("f", fields as never);
    });

    const sockets = outputSockets(undefined, nodeOf(document, node), document.getSnapshot(), ["0", "b"]);

    expect(sockets).toEqual([
      { output: null, name: "a" },
      { output: "b", name: "b" },
    ]);
  });
});

describe("a wire that cannot fit", () => {
  it("is refused with the reason", () => {
    const { document, source, first, second } = chain();
    const refusal = (from: string, to: string, argument: string): string | null =>
      refusalOfWire(catalog, document.getSnapshot(), from, to, argument);

    expect(refusal(source, second, "input")).toBeNull();
    expect(refusal(second, first, "input")).toContain("circle");
    expect(refusal(first, first, "input")).toContain("cannot feed itself");
    expect(refusal(first, source, "size")).toContain("a list of whole numbers");
    expect(refusal(source, first, "other")).toContain("no argument");
  });
});
