/** From the document, the catalogue and the newest layout to what cards and overlay show. Pure; knows no DOM.

A card's model is the same object as before as long as nothing it shows has changed, so that cards stay still. */
import type { Catalog } from "../catalog/types";
import type { EdgeView, NodeView, Snapshot } from "../document/types";
import { heldUp } from "../document/upstream";
import { Scene, type SceneCard, type SceneEdge } from "../gradients/scene";
import { type IndexedLayout, nodeOfPointer } from "../run/run-store";
import type { Problem } from "../wire/messages";
import { type CardModel, cardOf, sameCard, sameJson } from "./card-model";

/** All cards in order of creation, and the scene of them. */
export interface GraphModel {
  readonly cards: readonly CardModel[];
  readonly byUid: ReadonlyMap<string, CardModel>;
  readonly edges: readonly EdgeView[];
  readonly scene: Scene;
  /** By node what its card was made of. */
  readonly made: ReadonlyMap<string, Ingredients>;
  readonly used: ReadonlyMap<string, ReadonlySet<string>>;
}

/** All that a card is made of: where nothing of it is another, the card is not made anew. */
type Ingredients = readonly unknown[];

/** Makes the model; parts of `before` that still hold are kept. `failure` is what went wrong while it ran. */
export function modelOf(
  snapshot: Snapshot,
  catalog: Catalog,
  layout: IndexedLayout | null,
  before: GraphModel | null,
  failure: Problem | null = null,
): GraphModel {
  const used = before?.edges === snapshot.edges ? before.used : usedOutputs(snapshot);
  const failed = failure === null ? null : nodeOfPointer(failure.where);
  const failing = new Set(layout?.problems.keys());
  if (failed !== null) failing.add(failed);
  const causes = heldUp(snapshot, failing);
  const byUid = new Map<string, CardModel>();
  const made = new Map<string, Ingredients>();
  const cards = snapshot.nodes.map((node) => {
    const trouble = failed === node.id ? failure : null;
    const outputs = used.get(node.uid) ?? NOTHING;
    const cause = causes.get(node.uid);
    const parts = [...ingredients(node, snapshot, catalog, layout, outputs), trouble, cause];
    const old = before?.byUid.get(node.uid);
    let card = old;
    if (old === undefined || !sameItems(before?.made.get(node.uid), parts)) {
      const plain = cardOf(node, snapshot, catalog, layout, outputs);
      const fresh = waiting(trouble === null ? plain : withFailure(plain, trouble), cause);
      card = old && sameCard(old, fresh) ? old : fresh;
    }
    made.set(node.uid, parts);
    byUid.set(node.uid, card as CardModel);
    return card as CardModel;
  });
  const fresh = sceneOf(snapshot, cards, layout);
  const scene = before && isSceneOf(before, cards, fresh) ? before.scene : fresh;
  return { cards, byUid, edges: snapshot.edges, scene, made, used };
}

/** Whether a scene would be drawn as the one before: then that one is kept, and nothing is drawn anew. */
function isSceneOf(before: GraphModel, cards: readonly CardModel[], scene: Scene): boolean {
  return (
    scene.isLaidOutAs(before.scene) &&
    scene.edges.every((edge, index) => isSameEdge(edge, before.scene.edges[index])) &&
    cards.every((card, index) => {
      const old = before.cards[index];
      return card === old || (old !== undefined && sameJson(sceneCardOf(card), sceneCardOf(old)));
    })
  );
}

function isSameEdge(one: SceneEdge, two: SceneEdge | undefined): boolean {
  return one.id === two?.id && one.source === two.source && one.target === two.target;
}

/** All that `cardOf` looks at. */
function ingredients(
  node: NodeView,
  { functions, train }: Snapshot,
  catalog: Catalog,
  layout: IndexedLayout | null,
  used: ReadonlySet<string>,
): Ingredients {
  const { id, uid } = node;
  return [
    node,
    functions,
    train.loss?.uid === uid,
    catalog,
    layout?.layout.outputs,
    layout?.nodeRows.get(id),
    layout?.layout.data[id],
    layout?.problems.get(id),
    layout?.leafRow.get(id),
    used.size === 0 ? "" : [...used].join("\n"),
  ];
}

function sameItems(one: Ingredients | undefined, two: Ingredients): boolean {
  return one?.length === two.length && two.every((item, index) => item === one[index]);
}

const NOTHING: ReadonlySet<string> = new Set();

function usedOutputs(snapshot: Snapshot): Map<string, Set<string>> {
  const used = new Map<string, Set<string>>();
  for (const { source, output } of snapshot.edges) {
    if (output === null) continue;
    const names = used.get(source);
    if (names) names.add(output);
    else used.set(source, new Set([output]));
  }
  return used;
}

/** What failed while it ran stands before what a check finds, once. */
function withFailure(card: CardModel, failure: Problem): CardModel {
  const others = card.problems.filter(({ message }) => message !== failure.message);
  return { ...card, problems: [failure, ...others] };
}

/** A card without a figure says which node it waits for. */
function waiting(card: CardModel, cause: NodeView | undefined): CardModel {
  return cause && card.row < 0 && card.problems.length === 0 ? { ...card, waitsFor: cause.id } : card;
}

function sceneOf(snapshot: Snapshot, cards: readonly CardModel[], layout: IndexedLayout | null): Scene {
  const places = new Map(cards.map((card, index) => [card.node.uid, index]));
  const edges: SceneEdge[] = [];
  for (const edge of snapshot.edges) {
    const source = places.get(edge.source);
    const target = places.get(edge.target);
    if (source === undefined || target === undefined) continue;
    const row = layout?.edgeRow.get(edge.id) ?? -1;
    edges.push({
      id: edge.id,
      source,
      target,
      sourceY: outputHeight(cards[source] as CardModel, edge.output),
      targetY: inputHeight(cards[target] as CardModel, edge),
      row,
      why: row < 0 ? null : (layout?.layout.edges[row]?.why ?? null),
    });
  }
  const loss = snapshot.train.loss?.uid;
  return new Scene(cards.map(sceneCardOf), edges, loss ? (places.get(loss) ?? -1) : -1);
}

function sceneCardOf(card: CardModel): SceneCard {
  const { node, layout } = card;
  return {
    uid: node.uid,
    id: node.id,
    name: node.label ?? node.id,
    kind: card.kind,
    layout,
    x: node.at[0],
    y: node.at[1],
    row: card.problems.length > 0 ? -1 : card.row,
    reached: card.noGradient === null,
    deposit: card.deposit,
    picture: card.picture,
    gradientPicture: card.gradientPicture,
    parameters: card.parameterRows.map((row) => ({ row })),
    bypass: node.bypass,
  };
}

/** The height of an output or a parameter on its card. */
export function outputHeight(card: CardModel, output: string | null): number {
  const outputs = card.outputs.filter((candidate) => !candidate.parameter);
  const found = outputs.findIndex(
    (candidate, index) =>
      candidate.output === output || candidate.name === output || String(index) === output,
  );
  if (found >= 0) return card.layout.outputs[found] ?? card.layout.height / 2;
  const parameter = card.outputs.findIndex((candidate) => candidate.parameter && candidate.name === output);
  return card.layout.parameters[parameter - outputs.length] ?? card.layout.outputs[0] ?? 0;
}

function inputHeight(card: CardModel, edge: EdgeView): number {
  const found = card.inputs.findIndex(
    (input) => input.argument === edge.argument && input.index === edge.index,
  );
  return card.layout.inputs[found] ?? card.layout.height / 2;
}
