import { describe, expect, it } from "vitest";
import {
  addNode,
  connect,
  removeNodes,
  rename,
  renameMetric,
  setBatchSize,
  setBatchSources,
  setClip,
  setLoss,
  setMetric,
  setReplacement,
  setScheduler,
  setSchedulerArgument,
  setShuffle,
} from "./commands";
import { GraphDocument } from "./graph-document";

function graph(): { document: GraphDocument; x: string; held: string; loss: string } {
  const document = new GraphDocument();
  const x = addNode(document, { op: "torch.tensor", at: [0, 0], id: "x" });
  const held = addNode(document, { op: "torch.tensor", at: [0, 80], id: "held" });
  const loss = addNode(document, { op: "torch.mean", at: [200, 0], id: "loss" });
  connect(document, { source: x, output: null, target: loss, argument: "input", list: false });
  setLoss(document, { uid: loss, output: null });
  return { document, x, held, loss };
}

const first = (uid: string): { uid: string; output: null } => ({ uid, output: null });

describe("mini-batches", () => {
  it("begin with the sources that are offered and end without a trace", () => {
    const { document, x } = graph();

    setBatchSize(document, "32", [first(x)]);
    setShuffle(document, true);
    const { batch } = document.getSnapshot().train;
    setBatchSize(document, null, []);

    expect(batch).toMatchObject({ size: "32", of: [{ uid: x, text: "x" }], shuffle: true });
    expect(document.getSnapshot().train.batch).toBe(null);
  });

  it("keep the chosen sources when their size changes", () => {
    const { document, x, held } = graph();
    setBatchSize(document, "32", [first(x)]);

    setBatchSources(document, [first(held)]);
    setBatchSize(document, "16", [first(x)]);

    expect(document.getSnapshot().train.batch?.of.map((ref) => ref.text)).toEqual(["held"]);
  });
});

describe("validation", () => {
  it("puts a source in the place of another and takes it away again", () => {
    const { document, x, held } = graph();

    setReplacement(document, first(x), first(held));
    const { validation } = document.getSnapshot().train;
    setReplacement(document, first(x), null);

    expect(validation).toMatchObject([{ source: { text: "x" }, by: { text: "held" } }]);
    expect(document.getSnapshot().train.validation).toEqual([]);
  });

  it("forgets a replacement whose source was deleted", () => {
    const { document, x, held } = graph();
    setReplacement(document, first(x), first(held));

    removeNodes(document, [held]);

    expect(document.getSnapshot().train.validation).toEqual([]);
  });
});

describe("clipping", () => {
  it("is by norm or by value, as it was written, or not at all", () => {
    const { document } = graph();

    setClip(document, "norm", "1.50");
    const { clip } = document.getSnapshot().train;
    setClip(document, "value", null);

    expect(clip).toEqual({ by: "norm", limit: "1.50" });
    expect(document.getSnapshot().train.clip).toBe(null);
  });
});

describe("a schedule", () => {
  it("keeps the arguments that the next one has too", () => {
    const { document } = graph();
    setScheduler(document, "torch.optim.lr_scheduler.StepLR", () => true, { step_size: "30" });
    setSchedulerArgument(document, "gamma", "0.5");

    setScheduler(document, "torch.optim.lr_scheduler.ExponentialLR", (name) => name === "gamma");

    const { scheduler } = document.getSnapshot().train;
    expect(scheduler?.op).toBe("torch.optim.lr_scheduler.ExponentialLR");
    expect(Array.from(scheduler?.args ?? [])).toEqual([["gamma", "0.5"]]);
  });
});

describe("metrics", () => {
  it("follow their node's name and have one of their own", () => {
    const { document, loss } = graph();
    setMetric(document, "loss", first(loss));

    rename(document, loss, "error");

    expect(renameMetric(document, "loss", "mean error")).toBe(true);
    const { metrics } = document.getSnapshot().train;
    expect(Array.from(metrics, ([name, of]) => [name, of.text])).toEqual([["mean error", "error"]]);
  });

  it("refuse a name that another has, and an empty one", () => {
    const { document, x, loss } = graph();
    setMetric(document, "a", first(loss));
    setMetric(document, "b", first(x));

    expect(renameMetric(document, "a", "b")).toBe(false);
    expect(renameMetric(document, "a", "")).toBe(false);
  });

  it("leave when their output is none", () => {
    const { document, loss } = graph();
    setMetric(document, "a", first(loss));

    setMetric(document, "a", null);

    expect(document.getSnapshot().train.metrics.size).toBe(0);
  });
});
