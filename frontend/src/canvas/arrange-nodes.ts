/** Asks the worker to arrange nodes and writes the places into the document, as one edit. */
import { moveNodes, placeNodes, unplacedNodes } from "../document/commands";
import type { Point } from "../document/types";
import { askWorker } from "../editor/ask-worker";
import type { Editor } from "../editor/editor";
import type { SceneCard } from "../gradients/scene";
import type { Arranged, ArrangeRequest } from "./arrange";
import type { GraphModel } from "./graph-model";

/** Arranges these nodes (all where none are given); they keep the upper left corner they had together. */
export async function arrangeNodes(
  editor: Editor,
  model: GraphModel,
  uids: ReadonlySet<string>,
): Promise<void> {
  const cards = model.scene.cards.filter((card) => uids.size < 2 || uids.has(card.uid));
  if (cards.length < 2) return;
  const places = await inWorker(requestOf(model, cards));
  const left = Math.min(...cards.map((card) => card.x));
  const top = Math.min(...cards.map((card) => card.y));
  moveNodes(editor.document, movedTo(places, left, top));
}

/** Finds places for nodes whose file names none, below those that have one; false where there is nothing to do. */
export async function arrangeUnplaced(editor: Editor, model: GraphModel): Promise<boolean> {
  const unplaced = unplacedNodes(editor.document);
  if (unplaced.size === 0 || model.scene.cards.length < 2) return false;
  const cards = model.scene.cards.filter((card) => unplaced.has(card.uid));
  const placed = model.scene.cards.filter((card) => !unplaced.has(card.uid));
  const places = await inWorker(requestOf(model, cards)).catch(() => inGrid(cards));
  const left = Math.min(...placed.map((card) => card.x));
  const below = Math.max(...placed.map((card) => card.y + card.layout.height)) + GAP;
  placeNodes(editor.document, placed.length === 0 ? movedTo(places, 0, 0) : movedTo(places, left, below));
  return true;
}

const GAP = 48;

function requestOf(model: GraphModel, cards: readonly SceneCard[]): ArrangeRequest {
  const chosen = new Set(cards.map((card) => card.uid));
  return {
    nodes: cards.map(({ uid, layout }) => ({ uid, width: layout.width, height: layout.height })),
    edges: model.edges.filter((edge) => chosen.has(edge.source) && chosen.has(edge.target)),
  };
}

/** What the layout gives up on still must not lie on one heap. */
function inGrid(cards: readonly SceneCard[]): Arranged {
  const columns = Math.ceil(Math.sqrt(cards.length));
  return cards.map(({ uid }, index) => [uid, (index % columns) * 180, Math.floor(index / columns) * 160]);
}

function movedTo(places: Arranged, left: number, top: number): Map<string, Point> {
  const dx = left - Math.min(...places.map(([, x]) => x));
  const dy = top - Math.min(...places.map(([, , y]) => y));
  return new Map(places.map(([uid, x, y]) => [uid, [x + dx, y + dy] as Point]));
}

async function inWorker(request: ArrangeRequest): Promise<Arranged> {
  const worker = new Worker(new URL("./arrange.worker.ts", import.meta.url), { type: "module" });
  try {
    return await askWorker<Arranged>(worker, request);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The graph could not be arranged: ${why}.`);
  }
}
