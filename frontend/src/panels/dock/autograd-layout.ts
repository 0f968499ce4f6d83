/** Lays out an autograd graph with dagre. Pure; the worker calls it. */
import { Graph, layout } from "@dagrejs/dagre";
import type { AutogradGraph, AutogradLayout, AutogradNode } from "./autograd-graph";

const CHARACTER = 6.7;

/** Places boxes and links from left to right. */
export function layOutAutograd(autograd: AutogradGraph): AutogradLayout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", ranker: "tight-tree", nodesep: 14, ranksep: 34, marginx: 14, marginy: 10 });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(autograd.nodes.map((node) => String(node.id)));
  for (const node of autograd.nodes) graph.setNode(String(node.id), { width: widthOf(node), height: 38 });
  autograd.links.forEach(({ from, to }, index) => {
    if (known.has(String(from)) && known.has(String(to)))
      graph.setEdge(String(from), String(to), {}, String(index));
  });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width: Math.max(width, 0),
    height: Math.max(height, 0),
    boxes: autograd.nodes.map((node) => ({ ...node, ...boxOf(graph, String(node.id)) })),
    paths: graph
      .edges()
      .map((edge) => (graph.edge(edge) as { points?: { x: number; y: number }[] }).points ?? []),
  };
}

function boxOf(graph: Graph, id: string): { x: number; y: number; width: number; height: number } {
  const { x, y, width, height } = graph.node(id) as { x: number; y: number; width: number; height: number };
  return { x, y, width, height };
}

function widthOf(node: AutogradNode): number {
  const note = `${node.node ?? ""} (${node.shape?.join(", ") ?? ""})`;
  return Math.max(node.label.length, note.length * 0.86, 6) * CHARACTER + 18;
}
