/** Asks the worker to arrange nodes and writes the places into the document, as one edit. */
import { moveNodes } from "../document/commands";
import type { Point } from "../document/types";
import type { Editor } from "../editor/editor";
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
  const chosen = new Set(cards.map((card) => card.uid));
  const places = await inWorker({
    nodes: cards.map(({ uid, layout }) => ({ uid, width: layout.width, height: layout.height })),
    edges: model.edges.filter((edge) => chosen.has(edge.source) && chosen.has(edge.target)),
  });
  const left = Math.min(...cards.map((card) => card.x)) - Math.min(...places.map(([, x]) => x));
  const top = Math.min(...cards.map((card) => card.y)) - Math.min(...places.map(([, , y]) => y));
  const moved = new Map(places.map(([uid, x, y]) => [uid, [x + left, y + top] as Point]));
  moveNodes(editor.document, moved);
}

function inWorker(request: ArrangeRequest): Promise<Arranged> {
  const worker = new Worker(new URL("./arrange.worker.ts", import.meta.url), { type: "module" });
  return new Promise<Arranged>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ places?: Arranged; failure?: string }>) => {
      if (data.places) resolve(data.places);
      else reject(new Error(`The graph could not be arranged: ${data.failure}. Arrange a part of it.`));
    };
    worker.onerror = (event) => reject(new Error(event.message || "The graph could not be arranged."));
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}
