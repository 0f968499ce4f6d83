/** What the overlay draws, as plain data: cards with their places, edges as typed arrays. Knows no document and no DOM. */
import type { CardLayout } from "../canvas/card-layout";
import type { Picture } from "../wire/messages";
import { controlOffset, distanceToCurve } from "./curve";

/** What a card is for the gradient: the band on its top says it. */
export type CardKind = "leaf" | "data" | "loss" | "plain";

/** A module's parameter on its card. */
export interface SceneParameter {
  /** Row of the frame's `gradients`, −1 if it has none. */
  readonly row: number;
}

/** A card as the overlay needs it; `x` and `y` change while it is dragged. */
export interface SceneCard {
  readonly uid: string;
  readonly id: string;
  readonly name: string;
  readonly kind: CardKind;
  readonly layout: CardLayout;
  x: number;
  y: number;
  /** Row of the frame's `values` and `gradients` for the first output, −1 if it did not run. */
  readonly row: number;
  /** Whether a gradient can reach it at all. */
  readonly reached: boolean;
  /** Row of the frame's `deposits`, −1 if it has no `.grad`. */
  readonly deposit: number;
  readonly picture: Picture | null;
  readonly gradientPicture: Picture | null;
  readonly parameters: readonly SceneParameter[];
  readonly bypass: boolean;
}

/** An edge before it is laid into arrays: card numbers and socket heights. */
export interface SceneEdge {
  readonly id: string;
  readonly source: number;
  readonly target: number;
  readonly sourceY: number;
  readonly targetY: number;
  /** Row of the frame's `edges`, −1 if the layout does not have it. */
  readonly row: number;
  /** Why there is no gradient on it, if it is known. */
  readonly why: string | null;
}

/** Everything that is drawn, and where. */
export class Scene {
  readonly x1: Float32Array;
  readonly y1: Float32Array;
  readonly x2: Float32Array;
  readonly y2: Float32Array;
  readonly rows: Int32Array;
  /** Card → its edges. */
  private readonly incident: readonly (readonly number[])[];
  private readonly cardNumbers: ReadonlyMap<string, number>;
  private readonly edgeNumbers: ReadonlyMap<string, number>;

  constructor(
    readonly cards: readonly SceneCard[],
    readonly edges: readonly SceneEdge[],
    /** The card whose output is the loss, −1 if none. */
    readonly lossCard: number,
  ) {
    const count = edges.length;
    this.x1 = new Float32Array(count);
    this.y1 = new Float32Array(count);
    this.x2 = new Float32Array(count);
    this.y2 = new Float32Array(count);
    this.rows = Int32Array.from(edges, (edge) => edge.row);
    const incident: number[][] = cards.map(() => []);
    edges.forEach((edge, index) => {
      incident[edge.source]?.push(index);
      if (edge.target !== edge.source) incident[edge.target]?.push(index);
      this.place(index);
    });
    this.incident = incident;
    this.cardNumbers = new Map(cards.map((card, index) => [card.uid, index]));
    this.edgeNumbers = new Map(edges.map((edge, index) => [edge.id, index]));
  }

  /** Whether everything that decides where plates stand is as in another scene. */
  isLaidOutAs(other: Scene): boolean {
    if (this.lossCard !== other.lossCard || this.cards.length !== other.cards.length) return false;
    return (
      sameNumbers(this.x1, other.x1) &&
      sameNumbers(this.y1, other.y1) &&
      sameNumbers(this.x2, other.x2) &&
      sameNumbers(this.y2, other.y2) &&
      sameNumbers(this.rows, other.rows) &&
      this.edges.every((edge, index) => edge.why === other.edges[index]?.why) &&
      this.cards.every((card, index) => sameBox(card, other.cards[index]))
    );
  }

  /** The card of a node, or undefined. */
  card(uid: string): SceneCard | undefined {
    const index = this.cardNumbers.get(uid);
    return index === undefined ? undefined : this.cards[index];
  }

  /** The number of a node's card, −1 if it has none. */
  cardNumber(uid: string): number {
    return this.cardNumbers.get(uid) ?? -1;
  }

  /** The number of an edge, −1 if there is none. */
  edgeNumber(id: string | null): number {
    return id === null ? -1 : (this.edgeNumbers.get(id) ?? -1);
  }

  /** Moves a card and the ends of its edges. False if it stood there already. */
  moveCard(uid: string, x: number, y: number): boolean {
    const index = this.cardNumbers.get(uid);
    const card = index === undefined ? undefined : this.cards[index];
    if (index === undefined || card === undefined || (card.x === x && card.y === y)) return false;
    card.x = x;
    card.y = y;
    for (const edge of this.incident[index] ?? []) this.place(edge);
    return true;
  }

  /** The edge nearest to a point and the place on it, if one is within `reach`. */
  edgeAt(x: number, y: number, reach: number): { edge: number; t: number } | null {
    let found: { edge: number; t: number } | null = null;
    let nearest = reach;
    for (let edge = 0; edge < this.edges.length; edge += 1) {
      const x1 = this.x1[edge] as number;
      const y1 = this.y1[edge] as number;
      const x2 = this.x2[edge] as number;
      const y2 = this.y2[edge] as number;
      const offset = controlOffset(x1, y1, x2, y2) + nearest;
      if (x < Math.min(x1, x2 - offset) - nearest || x > Math.max(x2, x1 + offset) + nearest) continue;
      if (y < Math.min(y1, y2) - nearest || y > Math.max(y1, y2) + nearest) continue;
      const { distance, t } = distanceToCurve(x1, y1, x2, y2, x, y);
      if (distance > nearest) continue;
      nearest = distance;
      found = { edge, t };
    }
    return found;
  }

  /** The topmost card under a point, −1 if none. */
  cardAt(x: number, y: number): number {
    for (let index = this.cards.length - 1; index >= 0; index -= 1) {
      const { x: left, y: top, layout } = this.cards[index] as SceneCard;
      if (x >= left && x <= left + layout.width && y >= top && y <= top + layout.height) return index;
    }
    return -1;
  }

  /** The uids of the cards that a rectangle touches. */
  cardsIn(x1: number, y1: number, x2: number, y2: number): string[] {
    const left = Math.min(x1, x2);
    const right = Math.max(x1, x2);
    const top = Math.min(y1, y2);
    const bottom = Math.max(y1, y2);
    return this.cards
      .filter((card) => card.x < right && card.x + card.layout.width > left)
      .filter((card) => card.y < bottom && card.y + card.layout.height > top)
      .map((card) => card.uid);
  }

  /** The rectangle around all cards, null if there are none. */
  bounds(): { x: number; y: number; width: number; height: number } | null {
    if (this.cards.length === 0) return null;
    let left = Number.POSITIVE_INFINITY;
    let top = Number.POSITIVE_INFINITY;
    let right = Number.NEGATIVE_INFINITY;
    let bottom = Number.NEGATIVE_INFINITY;
    for (const card of this.cards) {
      left = Math.min(left, card.x);
      top = Math.min(top, card.y);
      right = Math.max(right, card.x + card.layout.width);
      bottom = Math.max(bottom, card.y + card.layout.height);
    }
    return { x: left, y: top, width: right - left, height: bottom - top };
  }

  private place(index: number): void {
    const edge = this.edges[index] as SceneEdge;
    const source = this.cards[edge.source] as SceneCard;
    const target = this.cards[edge.target] as SceneCard;
    this.x1[index] = source.x + source.layout.width;
    this.y1[index] = source.y + edge.sourceY;
    this.x2[index] = target.x;
    this.y2[index] = target.y + edge.targetY;
  }
}

/** A scene with nothing in it. */
export const EMPTY_SCENE = new Scene([], [], -1);

function sameNumbers(one: Float32Array | Int32Array, two: Float32Array | Int32Array): boolean {
  return one.length === two.length && one.every((number, index) => number === two[index]);
}

function sameBox(one: SceneCard, two: SceneCard | undefined): boolean {
  if (two === undefined || one.x !== two.x || one.y !== two.y) return false;
  return one.layout.width === two.layout.width && one.layout.height === two.layout.height;
}
