/** Arranges a graph from left to right, for graphs that came without places. Pure; the worker calls it. */
import { Graph, layout } from "@dagrejs/dagre";
import { type Box, clearRibbons } from "./clear-ribbons";

/** What is to be arranged. */
export interface ArrangeRequest {
  readonly nodes: readonly { readonly uid: string; readonly width: number; readonly height: number }[];
  readonly edges: readonly { readonly source: string; readonly target: string }[];
}

/** Where every node goes: its upper left corner. */
export type Arranged = readonly (readonly [uid: string, x: number, y: number])[];

/** Room between rows, and between columns: a plate is to leave something of its ribbon to be seen. */
const ROW_GAP = 40;
const COLUMN_GAPS = { least: 104, most: 144 };
/** What a plate and the ends of its ribbon take, in pixels, on a canvas of the usual size. */
const PLATE = 84;
const CANVAS = { width: 750, height: 460 };
/** How far a wide graph is stretched, so that its ribbons slope out of their plates. */
const MOST_STRETCH = 1.6;

/** Finds a place for every node; ranks by the tight-tree way, which stays fast for large graphs. */
export function arrange(request: ArrangeRequest): Arranged {
  const columns = columnsOf(request);
  const gap = columnGap(columns);
  let left = 0;
  for (const column of columns) {
    const width = widthOf(column);
    for (const box of column) box.x = left + (width - box.width) / 2;
    left += width + gap;
  }
  stretch(columns, left - gap);
  clearRibbons(columns, request.edges, ROW_GAP);
  const places = new Map(columns.flat().map((box) => [box.uid, box]));
  return request.nodes.map(({ uid }) => {
    const { x, y } = places.get(uid) ?? { x: 0, y: 0 };
    return [uid, Math.round(x), Math.round(y)] as const;
  });
}

/** The columns from left to right as the layout library ranks and orders them. */
function columnsOf(request: ArrangeRequest): Box[][] {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", ranker: "tight-tree", nodesep: ROW_GAP, ranksep: COLUMN_GAPS.least });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { uid, width, height } of request.nodes) graph.setNode(uid, { width, height });
  for (const { source, target } of request.edges) if (source !== target) graph.setEdge(source, target);
  layout(graph);
  const columns = new Map<number, Box[]>();
  for (const { uid, width, height } of request.nodes) {
    const { x, y } = graph.node(uid) as { x: number; y: number };
    const column = columns.get(Math.round(x));
    const box = { uid, width, height, x: 0, y: y - height / 2 };
    if (column) column.push(box);
    else columns.set(Math.round(x), [box]);
  }
  return Array.from(columns)
    .sort(([one], [two]) => one - two)
    .map(([, column]) => column);
}

/** As wide as a plate needs where all of the graph is in view; a long graph needs its room for the cards. */
function columnGap(columns: readonly (readonly Box[])[]): number {
  const cards = columns.reduce((sum, column) => sum + widthOf(column), 0);
  const { least, most } = COLUMN_GAPS;
  for (let gap = least; gap < most; gap += 8) {
    const zoom = CANVAS.width / (cards + (columns.length - 1) * gap);
    if (zoom >= 1 || gap * zoom >= PLATE) return gap;
  }
  return columns.length > LONG ? least : most;
}

/** From so many columns on, plates vanish anyway where all is in view. */
const LONG = 7;

/** Gives a graph that is wider than the canvas the height that is left. */
function stretch(columns: readonly Box[][], width: number): void {
  const boxes = columns.flat();
  const middles = boxes.map((box) => box.y + box.height / 2);
  const top = Math.min(...middles);
  const height = Math.max(...boxes.map((box) => box.y + box.height)) - Math.min(...boxes.map((box) => box.y));
  const room = (width * CANVAS.height) / CANVAS.width / Math.max(1, height);
  const factor = Math.max(1, Math.min(MOST_STRETCH, room));
  for (const box of boxes) box.y = top + (box.y + box.height / 2 - top) * factor - box.height / 2;
}

function widthOf(column: readonly Box[]): number {
  return Math.max(...column.map((box) => box.width));
}
