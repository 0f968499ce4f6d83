/** Where on the canvas a wire in the hand may end: which socket is meant by a place. Changes nothing. */
import type { CardModel } from "./card-model";
import { outputHeight } from "./graph-model";
import { placeInGraph, type Stage } from "./stage";
import type { WireFits } from "./wire-fits";

/** A place where a wire may end, whether or not it fits there. */
export interface Landing {
  readonly uid: string;
  /** Null at an output. */
  readonly argument: string | null;
  readonly index: number | null;
  readonly list: boolean;
  readonly output: string | null;
  readonly x: number;
  readonly y: number;
  readonly refusal: string | null;
}

/** How near, in pixels, the pointer has to come to a socket. */
const REACH = 18;

/** The socket nearest to the pointer, of whichever side; else, over a card, its first socket that fits. */
export function landingAt(
  stage: Stage,
  fits: WireFits,
  event: { clientX: number; clientY: number },
): Landing | null {
  const { x, y } = placeInGraph(stage, event);
  const { scene, cards } = stage.model();
  const reach = REACH / stage.viewport().zoom;
  let nearest: Landing | null = null;
  let distance = Math.max(reach, 12);
  for (const found of scene.cardsIn(x - reach, y - reach, x + reach, y + reach)) {
    const card = cards[scene.cardNumber(found)];
    if (!card) continue;
    for (const landing of [...landingsOf(stage, card, fits), ...otherSideOf(stage, card, fits)]) {
      const away = Math.hypot(landing.x - x, landing.y - y);
      if (away < distance && !isOrigin(landing, fits)) [nearest, distance] = [landing, away];
    }
  }
  if (nearest) return nearest;
  const card = cards[scene.cardAt(x, y)];
  return card ? wholeCard(stage, card, fits) : null;
}

/** A new wire is not yet over any socket while it is still at its own. */
function isOrigin({ uid, argument, output }: Landing, { end, replugged }: WireFits): boolean {
  return replugged === null && uid === end.uid && argument === end.argument && output === end.output;
}

function wholeCard(stage: Stage, card: CardModel, fits: WireFits): Landing | null {
  if (card.node.uid === fits.end.uid && fits.replugged === null) return null;
  const free = (landing: Landing): boolean =>
    card.inputs.some(
      (input) => input.argument === landing.argument && input.index === landing.index && input.edge === null,
    );
  const own = landingsOf(stage, card, fits);
  const landings = own.length > 0 ? own : otherSideOf(stage, card, fits);
  const fitting = landings.filter((landing) => landing.refusal === null);
  return fitting.find(free) ?? fitting[0] ?? landings[0] ?? null;
}

/** Every place on a card where the wire could end, or begin. */
export function landingsOf(stage: Stage, card: CardModel, fits: WireFits): Landing[] {
  return fits.end.side === "output" ? inputsOf(stage, card, fits) : outputsOf(stage, card, fits);
}

/** The sockets of the side that the wire comes from: they say why they refuse it. */
function otherSideOf(stage: Stage, card: CardModel, fits: WireFits): Landing[] {
  return fits.end.side === "output" ? outputsOf(stage, card, fits) : inputsOf(stage, card, fits);
}

function inputsOf(stage: Stage, card: CardModel, fits: WireFits): Landing[] {
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
    refusal: fits.fitsInput(uid, argument) ? null : fits.refusal(uid, argument),
  }));
}

function outputsOf(stage: Stage, card: CardModel, fits: WireFits): Landing[] {
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
    refusal: fits.fitsOutput(uid) ? null : fits.refusal(uid, null),
  }));
}
