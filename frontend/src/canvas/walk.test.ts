import { describe, expect, it } from "vitest";
import type { Stand } from "./canvas-store";
import { sampleDocument } from "./sample-graph";
import { type Direction, step } from "./walk";

const snapshot = sampleDocument().getSnapshot();

function node(id: string): Stand {
  return { kind: "node", uid: snapshot.byId.get(id)?.uid ?? "" };
}

function walk(from: Stand | null, ...directions: Direction[]): Stand | null {
  return directions.reduce((focus, direction) => step(snapshot, focus, direction), from);
}

describe("walking with the arrows", () => {
  it("begins at the first node", () => {
    expect(walk(null, "right")).toEqual(node("x"));
  });

  it("goes node, edge, node, there and back", () => {
    expect(walk(node("w"), "right")).toEqual({ kind: "edge", id: "wx.input", end: "source" });
    expect(walk(node("w"), "right", "right")).toEqual(node("wx"));
    expect(walk(node("wx"), "left", "left")).toEqual(node("w"));
  });

  it("goes to the siblings of the end from which an edge was entered", () => {
    expect(walk(node("wx"), "left", "down")).toMatchObject({ id: "wx.other" });
    expect(walk(node("x"), "right", "down")).toMatchObject({ id: "both.tensors.1" });
    expect(walk(node("x"), "right", "down", "down")).toMatchObject({ id: "both.tensors.1" });
  });

  it("goes through the nodes in the order of the list and stays at its ends", () => {
    expect(walk(node("x"), "down")).toEqual(node("w"));
    expect(walk(node("x"), "up")).toEqual(node("x"));
    expect(walk(node("loss"), "down")).toEqual(node("loss"));
    expect(walk(node("loss"), "right")).toEqual(node("loss"));
  });

  it("begins anew where what had the focus is gone", () => {
    expect(walk({ kind: "edge", id: "gone.input", end: "source" }, "right")).toEqual(node("x"));
  });
});
