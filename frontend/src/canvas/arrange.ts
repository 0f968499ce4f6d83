/** Arranges a graph from left to right, for graphs that came without places. Pure; the worker calls it. */
import { Graph, layout } from "@dagrejs/dagre";

/** What is to be arranged. */
export interface ArrangeRequest {
  readonly nodes: readonly { readonly uid: string; readonly width: number; readonly height: number }[];
  readonly edges: readonly { readonly source: string; readonly target: string }[];
}

/** Where every node goes: its upper left corner. */
export type Arranged = readonly (readonly [uid: string, x: number, y: number])[];

/** Room between columns for a plate, and between rows. */
const COLUMN_GAP = 104;
const ROW_GAP = 40;

/** Finds a place for every node; ranks by the tight-tree way, which stays fast for large graphs. */
export function arrange(request: ArrangeRequest): Arranged {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", ranker: "tight-tree", nodesep: ROW_GAP, ranksep: COLUMN_GAP });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { uid, width, height } of request.nodes) graph.setNode(uid, { width, height });
  for (const { source, target } of request.edges) if (source !== target) graph.setEdge(source, target);
  layout(graph);
  return request.nodes.map(({ uid, width, height }) => {
    const { x, y } = graph.node(uid) as { x: number; y: number };
    return [uid, Math.round(x - width / 2), Math.round(y - height / 2)] as const;
  });
}
