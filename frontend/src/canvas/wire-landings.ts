/** Where on the canvas a wire in the hand may end: which socket is meant by a place. Changes nothing. */
import type { CardModel } from "./card-model";
import { outputHeight } from "./graph-model";
import { placeInGraph, type Stage } from "./stage";
import type { WireFits } from "./wire-fits";

/** A place where a wire may end, whether or not it fits there. */
export interface Place {
  readonly uid: string;
  /** Null at an output. */
  readonly argument: string | null;
  readonly index: number | null;
  readonly list: boolean;
  readonly output: string | null;
  readonly x: number;
  readonly y: number;
  readonly fits: boolean;
}

/** The place that is meant: where it does not fit, why, in words. */
export interface Landing extends Place {
  readonly refusal: string | null;
}

/** How near, in pixels, the pointer has to come to a socket. */
const REACH = 18;

/** The socket nearest to the pointer, of whichever side; else, over a card, its first free socket that fits. */
export function landingAt(
  stage: Stage,
  fits: WireFits,
  event: { clientX: number; clientY: number },
): Landing | null {
  const { x, y } = placeInGraph(stage, event);
  const { scene, cards } = stage.model();
  const reach = REACH / stage.viewport().zoom;
  let nearest: Place | null = null;
  let distance = Math.max(reach, 12);
  for (const found of scene.cardsIn(x - reach, y - reach, x + reach, y + reach)) {
    const card = cards[scene.cardNumber(found)];
    if (!card) continue;
    for (const place of [...placesOn(stage, card, fits), ...otherSideOf(stage, card, fits)]) {
      const away = Math.hypot(place.x - x, place.y - y);
      if (away < distance && !isOrigin(place, fits)) [nearest, distance] = [place, away];
    }
  }
  if (nearest) return told(nearest, fits);
  const card = cards[scene.cardAt(x, y)];
  return card ? wholeCard(stage, card, fits) : null;
}

function told(place: Place, fits: WireFits): Landing {
  return { ...place, refusal: place.fits ? null : fits.refusal(place.uid, place.argument) };
}

/** A new wire is not yet over any socket while it is still at its own. */
function isOrigin({ uid, argument, output }: Place, { end, replugged }: WireFits): boolean {
  return replugged === null && uid === end.uid && argument === end.argument && output === end.output;
}

/** What is wired or typed is replaced only at its own socket: over the card nobody could tell which is meant. */
function wholeCard(stage: Stage, card: CardModel, fits: WireFits): Landing | null {
  if (card.node.uid === fits.end.uid && fits.replugged === null) return null;
  const isFree = (place: Place): boolean => {
    if (place.argument === null) return true;
    const input = card.inputs.find(
      ({ argument, index }) => argument === place.argument && index === place.index,
    );
    if (input?.edge != null) return input.edge === fits.replugged?.id;
    return input?.literal === null || place.list;
  };
  const own = placesOn(stage, card, fits);
  const places = own.length > 0 ? own : otherSideOf(stage, card, fits);
  const fitting = places.filter((place) => place.fits);
  const free = fitting.find(isFree);
  if (free) return told(free, fits);
  const [taken] = fitting;
  if (taken) return { ...taken, fits: false, refusal: takenWords(card, fitting.length) };
  return places[0] ? told(places[0], fits) : null;
}

function takenWords({ node }: CardModel, count: number): string {
  return count === 1
    ? `The input of ${node.id} is taken: drop the wire on its socket to replace what is there.`
    : `All ${count} inputs of ${node.id} are taken: drop the wire on the socket where it is to replace what is there.`;
}

/** Every place on a card where the wire could end, or begin. */
export function placesOn(stage: Stage, card: CardModel, fits: WireFits): Place[] {
  return fits.end.side === "output" ? inputsOf(stage, card, fits) : outputsOf(stage, card, fits);
}

/** The sockets of the side that the wire comes from: they say why they refuse it. */
function otherSideOf(stage: Stage, card: CardModel, fits: WireFits): Place[] {
  return fits.end.side === "output" ? outputsOf(stage, card, fits) : inputsOf(stage, card, fits);
}

function inputsOf(stage: Stage, card: CardModel, fits: WireFits): Place[] {
  const { uid } = card.node;
  const place = stage.model().scene.card(uid);
  if (!place) return [];
  return card.inputs.map(({ argument, index, list }, at) => ({
    uid,
    argument,
    index,
    list,
    output: null,
    x: place.x,
    y: place.y + (card.layout.inputs[at] ?? 0),
    fits: fits.fitsInput(uid, argument),
  }));
}

function outputsOf(stage: Stage, card: CardModel, fits: WireFits): Place[] {
  const { uid } = card.node;
  const place = stage.model().scene.card(uid);
  if (!place) return [];
  return card.outputs.map(({ output }) => ({
    uid,
    argument: null,
    index: null,
    list: false,
    output,
    x: place.x + card.layout.width,
    y: place.y + outputHeight(card, output),
    fits: fits.fitsOutput(uid),
  }));
}
