import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import allCases from "../../../tests/document/yjs-cases.json";
import { nodeText, paste } from "./commands";
import { GraphDocument } from "./graph-document";
import { type Json, readJson, writeJson } from "./literal";

type Stored = { [key: string]: string | Stored };
type Tree = { [key: string]: Json };

interface Case {
  readonly name: string;
  readonly way: "both" | "read";
  readonly file: string;
  readonly yjs: { readonly [root: string]: Stored };
}

const cases = allCases as unknown as Case[];
const sound = cases.filter((found) => !found.name.startsWith("wrong types"));

function documentOf({ yjs }: Case): GraphDocument {
  const document = new GraphDocument();
  for (const [root, records] of Object.entries(yjs)) fill(document.doc.getMap(root), records);
  return document;
}

function fill(map: Y.Map<unknown>, records: Stored): void {
  for (const [key, value] of Object.entries(records)) {
    if (typeof value === "string") map.set(key, value);
    else {
      const inner = new Y.Map<unknown>();
      map.set(key, inner);
      fill(inner, value);
    }
  }
}

/** Keys sorted, so that two texts of one tree are equal; the place is left out, because a view always has one. */
function sorted(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null || "isLosslessNumber" in value) return value ?? null;
  const entries = Object.entries(value as Tree).filter(([key]) => key !== "at");
  return Object.fromEntries(entries.sort().map(([key, item]) => [key, sorted(item)]));
}

function recordsOf(file: Tree, key: string): Tree {
  const value = file[key];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Tree) : {};
}

describe("the cases both languages share", () => {
  it.each(cases)("$name: nodes stand in the file's order under the file's names", (found) => {
    const file = readJson(found.file) as Tree;

    expect(
      documentOf(found)
        .getSnapshot()
        .nodes.map((node) => node.id),
    ).toEqual(Object.keys(recordsOf(file, "nodes")));
  });

  it.each(sound)("$name: a node is read as the file has it", (found) => {
    const nodes = recordsOf(readJson(found.file) as Tree, "nodes");

    for (const node of documentOf(found).getSnapshot().nodes) {
      const read = nodeText(node);
      expect(writeJson(sorted(readJson(read)))).toBe(writeJson(sorted(nodes[node.id])));
    }
  });

  it.each(sound)("$name: what the training loop does is read as the file has it", (found) => {
    const train = recordsOf(readJson(found.file) as Tree, "train");
    const view = documentOf(found).getSnapshot().train;

    expect(view.present).toBe("train" in (readJson(found.file) as Tree));
    expect(view.loss?.text ?? null).toBe(train.loss ?? null);
    expect(view.steps).toBe(train.steps === undefined ? null : writeJson(train.steps));
    expect(Object.fromEntries(Array.from(view.metrics, ([name, ref]) => [name, ref.text]))).toEqual(
      recordsOf(train, "metrics"),
    );
    for (const key of ["batch", "validation", "clip"])
      expect(writeJson(sorted(readJson(view.other.get(key) ?? "null")))).toBe(writeJson(sorted(train[key])));
  });

  it.each(sound.filter((found) => found.way === "both" && found.yjs.nodes !== undefined))(
    "$name: pasting the file makes nodes that read the same",
    (found) => {
      const document = new GraphDocument();
      const nodes = recordsOf(readJson(found.file) as Tree, "nodes");
      const known = JSON.stringify(nodes).includes("missing") || found.name === "unknown keys";

      const made = paste(document, found.file, [0, 0], false);

      expect(made?.length ?? 0).toBe(Object.keys(nodes).length);
      if (known) return;
      for (const node of document.getSnapshot().nodes)
        expect(writeJson(sorted(readJson(nodeText(node))))).toBe(writeJson(sorted(nodes[node.id])));
    },
  );
});
