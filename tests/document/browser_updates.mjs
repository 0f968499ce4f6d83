// Prints updates as the browser's Yjs makes them, for test_yjs_updates.py: a session of edits, undone and redone.
// Run from frontend/: node ../tests/document/browser_updates.mjs > ../tests/document/browser-updates.json
import { createRequire } from "node:module";

const Y = createRequire(`${process.cwd()}/package.json`)("yjs");

const doc = new Y.Doc();
doc.clientID = 4711;
const updates = [];
doc.on("update", (update) => updates.push(Buffer.from(update).toString("base64")));
const roots = ["graph", "nodes", "functions", "frames", "train"].map((name) => doc.getMap(name));
const [graph, nodes, , frames, train] = roots;
const undo = new Y.UndoManager(roots, { trackedOrigins: new Set(["local"]), captureTimeout: 0 });
const edit = (change) => doc.transact(change, "local");

function add(uid, id, order, op) {
  const node = new Y.Map(Object.entries({ id, order, op }));
  node.set("inputs", new Y.Map());
  node.set("args", new Y.Map());
  nodes.set(uid, node);
}

edit(() => graph.set("gradcanvas", "1"));
edit(() => add("uid000000001", "x", "a0", "torch.ones"));
edit(() => add("uid000000002", "größe", "a1", "torch.neg"));
edit(() => nodes.get("uid000000002").get("inputs").set("input", "@uid000000001"));
for (let step = 0; step < 50; step += 1) edit(() => nodes.get("uid000000001").set("at", `[${step}, 0]`));
edit(() => nodes.get("uid000000001").get("args").set("size", "[1, 2]"));
edit(() => nodes.get("uid000000001").get("args").delete("size"));
undo.undo();
edit(() => train.set("loss", "@uid000000002"));
edit(() => nodes.delete("uid000000001"));
undo.undo();
undo.redo();
undo.undo();
edit(() => frames.set("uid000000003", new Y.Map([["order", "a0"], ["title", '"F"']])));
edit(() => graph.set("title", '"Neu 😀"'));
undo.undo();
undo.redo();

const plain = Object.fromEntries(roots.map((root, index) => [["graph", "nodes", "functions", "frames", "train"][index], root.toJSON()]));
const whole = Buffer.from(Y.encodeStateAsUpdate(doc)).toString("base64");
const merged = Buffer.from(Y.mergeUpdates(updates.map((text) => Buffer.from(text, "base64")))).toString("base64");
process.stdout.write(`${JSON.stringify({ updates, whole, merged, yjs: plain }, null, 1)}\n`);
