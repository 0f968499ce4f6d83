/** What a wire that is drawn by keyboard may be connected to, in the order of likelihood. Changes nothing. */
import type { Catalog } from "../catalog/types";
import type { WireEnd } from "../view/view-store";
import type { InputModel } from "./card-model";
import type { Choice } from "./popup-list";
import type { Stage } from "./stage";
import { WireFits } from "./wire-fits";
import { type Place, placesOn } from "./wire-landings";

/** An output of the node, a socket that takes it, and how the list names the two. */
export interface Offer {
  readonly end: WireEnd;
  readonly place: Place;
  readonly choice: Choice;
}

/** Every output of a node with every socket it fits: first what is open and required, then what may stay as it is, last
a wire that would be replaced; of these what lies near. */
export function offersFrom(stage: Stage, from: WireEnd, catalog: Catalog): Offer[] {
  const snapshot = stage.editor.document.getSnapshot();
  const model = stage.model();
  const card = model.byUid.get(from.uid);
  const origin = model.scene.card(from.uid);
  if (!card || !origin) return [];
  const fits = new WireFits(snapshot, catalog, from);
  const edges = new Map(snapshot.edges.map((edge) => [edge.id, edge]));
  const offers: { offer: Offer; rank: number }[] = [];
  for (const target of model.cards)
    placesOn(stage, target, fits).forEach((place, number) => {
      const input = target.inputs[number];
      if (!place.fits || !input) return;
      const wired = edges.get(input.edge ?? "");
      const far =
        Math.hypot(place.x - origin.x, place.y - origin.y) + (wired ? 2e5 : input.optional ? 1e5 : 0);
      const note = noteOf(input, wired && snapshot.byUid.get(wired.source)?.id);
      card.outputs.forEach(({ output }, index) => {
        if (wired?.source === from.uid && wired.output === output) return;
        const offer = offerOf(card.node.id, { ...from, output }, place, target.node.id, note);
        offers.push({ offer, rank: far + index * 1e4 });
      });
    });
  return offers.sort((one, two) => one.rank - two.rank).map(({ offer }) => offer);
}

function noteOf({ literal }: InputModel, source: string | undefined): string {
  const instead = source ?? literal;
  return instead === null ? "" : `instead of ${instead}`;
}

function offerOf(source: string, end: WireEnd, place: Place, target: string, note: string): Offer {
  const from = end.output === null ? source : `${source}.${end.output}`;
  const socket = place.index === null ? place.argument : `${place.argument}.${place.index}`;
  const name = `${from} → ${target}.${socket}`;
  return { end, place, choice: { key: name, name, note } };
}
