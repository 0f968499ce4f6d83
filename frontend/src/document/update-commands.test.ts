import { describe, expect, it } from "vitest";
import {
  addGroup,
  addNode,
  fitGroups,
  removeGroup,
  renameGroup,
  setGroup,
  setGroupArgument,
  setInit,
  setInitArgument,
  setOptimizer,
  setParameterRequiresGrad,
} from "./commands";
import { GraphDocument } from "./graph-document";
import { frozenOf, groupNames, groupOf, groupsOf, initsOf } from "./update-views";

function graph(): { document: GraphDocument; w: string; fc: string } {
  const document = new GraphDocument();
  const w = addNode(document, { op: "torch.randn", at: [0, 0], id: "w" });
  const fc = addNode(document, { op: "torch.nn.Linear", at: [0, 80], id: "fc" });
  setOptimizer(document, "torch.optim.SGD", () => true, { lr: "0.1" });
  return { document, w, fc };
}

function groups(document: GraphDocument): unknown {
  const written = groupsOf(document.getSnapshot().train);
  return Object.fromEntries(Array.from(written, ([name, args]) => [name, Object.fromEntries(args)]));
}

function field(document: GraphDocument, uid: string, key: string): unknown {
  return document.roots.nodes.get(uid)?.get(key);
}

describe("a parameter group", () => {
  it("is made for the node that names it, in one step of undo", () => {
    const { document, w } = graph();

    setGroup(document, [w], "slow");
    const node = document.getSnapshot().byUid.get(w);
    document.undo();

    expect(node && groupOf(node)).toBe("slow");
    expect(field(document, w, "group")).toBe(undefined);
    expect(groups(document)).toEqual({});
  });

  it("keeps the text of its arguments, which leave one by one", () => {
    const { document } = graph();
    addGroup(document, "slow");
    setGroupArgument(document, "slow", "lr", "1e-3");
    setGroupArgument(document, "slow", "weight_decay", "0.10");

    setGroupArgument(document, "slow", "lr", null);

    expect(groups(document)).toEqual({ slow: { weight_decay: "0.10" } });
  });

  it("takes its new name to the nodes, and none that is taken", () => {
    const { document, w } = graph();
    setGroup(document, [w], "slow");
    setGroupArgument(document, "slow", "lr", "0.01");
    addGroup(document, "fast");

    expect(renameGroup(document, "slow", "fast")).toBe(false);
    expect(renameGroup(document, "slow", "")).toBe(false);
    expect(renameGroup(document, "slow", "constructor")).toBe(true);
    expect(groups(document)).toEqual({ constructor: { lr: "0.01" }, fast: {} });
    expect(field(document, w, "group")).toBe('"constructor"');
  });

  it("leaves the optimizer and every node together", () => {
    const { document, w } = graph();
    setGroup(document, [w], "slow");

    removeGroup(document, "slow");

    expect(field(document, w, "group")).toBe(undefined);
    expect(document.getSnapshot().train.optimizer?.other.has("groups")).toBe(false);
  });

  it("loses what another optimizer does not take, and is there where a node names it", () => {
    const { document, w, fc } = graph();
    setGroup(document, [w], "slow");
    setGroupArgument(document, "slow", "momentum", "0.9");
    setGroupArgument(document, "slow", "lr", "0.01");
    document.transact((roots) => roots.nodes.get(fc)?.set("group", '"other"'));

    fitGroups(document, (name) => name === "lr");

    expect(groups(document)).toEqual({ other: {}, slow: { lr: "0.01" } });
    expect(groupNames(document.getSnapshot())).toEqual(["other", "slow"]);
  });
});

describe("parameters of a module", () => {
  const names = ["weight", "bias"];

  it("are frozen one by one, and `false` is all of them", () => {
    const { document, fc } = graph();

    setParameterRequiresGrad(document, fc, "bias", false, names);
    const one = field(document, fc, "requires_grad");
    setParameterRequiresGrad(document, fc, "weight", false, names);
    const all = field(document, fc, "requires_grad");
    setParameterRequiresGrad(document, fc, "bias", true, names);
    const other = document.getSnapshot().byUid.get(fc);
    setParameterRequiresGrad(document, fc, "weight", true, names);

    expect(one).toBe('{"bias": false}');
    expect(all).toBe("false");
    expect(other && [...frozenOf(other, names)]).toEqual(["weight"]);
    expect(field(document, fc, "requires_grad")).toBe(undefined);
  });

  it("are filled by a function with arguments, of which those stay that the next one has", () => {
    const { document, fc } = graph();
    setInit(document, fc, "weight", "torch.nn.init.normal_", () => true);
    setInitArgument(document, fc, "weight", "std", "0.10");
    setInitArgument(document, fc, "weight", "mean", "1.0");

    setInit(document, fc, "weight", "torch.nn.init.sparse_", (name) => name === "std", { sparsity: "0.5" });
    const node = document.getSnapshot().byUid.get(fc);
    setInit(document, fc, "weight", null, () => true);

    const init = node && initsOf(node).get("weight");
    expect(init?.op).toBe("torch.nn.init.sparse_");
    expect(Object.fromEntries(init?.args ?? [])).toEqual({ sparsity: "0.5", std: "0.10" });
    expect(field(document, fc, "init")).toBe(undefined);
  });
});
