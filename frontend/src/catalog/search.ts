/** Finds operations by name, alias, description or with a typing mistake. Knows nothing of the DOM. */
import type { Catalog, Operation } from "./types";

interface Entry {
  readonly operation: Operation;
  readonly name: string;
  /** The last part of the name, by which people call it. */
  readonly last: string;
  /** The same without underscores, which people leave out. */
  readonly plain: string;
  /** Words that people type and mean it. */
  readonly aliases: readonly string[];
  /** Names of operations that say of themselves that they are only this one. */
  readonly others: readonly string[];
  /** The parts of its name and its aliases that are long enough for a mistake to be seen. */
  readonly words: readonly string[];
  readonly summary: string;
  readonly weight: number;
}

/** Where several names end alike, the plainer one comes first. */
const ROOMS = [
  "torch.",
  "torch.nn.functional.",
  "gradcanvas.",
  "torch.linalg.",
  "torch.special.",
  "torch.fft.",
  "torch.nn.",
  "torch.Tensor.",
];

/** An index over a catalogue, made once. */
export class SearchIndex {
  private readonly entries: readonly Entry[];

  constructor(catalog: Catalog) {
    const shown = Array.from(catalog.operations.values()).filter((operation) => !HIDDEN.has(operation.kind));
    const others = otherNames(shown);
    this.entries = shown.map((operation) => entryOf(operation, others.get(operation.name) ?? []));
  }

  /** The operations that fit the words best, best first; `passes` narrows them to what fits a wire. */
  find(words: string, limit = 40, passes: (operation: Operation) => boolean = () => true): Operation[] {
    const typed = words.trim();
    const wanted = typed.toLowerCase();
    if (wanted === "") return [];
    const parts = wanted.split(/\s+/);
    const plain = plainOf(wanted);
    const found: { entry: Entry; score: number }[] = [];
    for (const entry of this.entries) {
      const score = scoreOf(entry, wanted, plain, parts);
      const letter = typed !== wanted && entry.operation.name.endsWith(`.${typed}`) ? CASE : 0;
      if (score > 0 && passes(entry.operation)) found.push({ entry, score: score + letter - entry.weight });
    }
    if (found.length === 0) found.push(...this.mistyped(wanted, passes));
    found.sort((one, two) => two.score - one.score || compareNames(one.entry, two.entry));
    return found.slice(0, limit).map(({ entry }) => entry.operation);
  }

  /** What differs from the words by a letter or two: a whole name first, else one of its words. */
  private mistyped(
    wanted: string,
    passes: (operation: Operation) => boolean,
  ): { entry: Entry; score: number }[] {
    const plain = plainOf(wanted);
    if (plain.length < 3) return [];
    const allowed = plain.length < 6 ? 1 : 2;
    const names = this.near(passes, (entry) => editDistance(plain, entry.plain, allowed), allowed);
    if (names.length > 0 || plain.length < LONG_WORD) return names;
    const nearest = (entry: Entry): number =>
      Math.min(
        ...entry.aliases.map((alias) => editDistance(plain, alias, 1)),
        ...entry.words.map((word) => editDistance(plain, word, 1) + PART),
        2,
      );
    return this.near(passes, nearest, 1 + PART);
  }

  private near(
    passes: (operation: Operation) => boolean,
    distanceOf: (entry: Entry) => number,
    allowed: number,
  ): { entry: Entry; score: number }[] {
    const found: { entry: Entry; score: number }[] = [];
    for (const entry of this.entries) {
      const distance = distanceOf(entry);
      if (distance <= allowed && passes(entry.operation))
        found.push({ entry, score: 10 - distance - entry.weight });
    }
    return found;
  }
}

/** A word of a name stands for it less than a word that people type for it. */
const PART = 0.5;

/** From so many letters on a word is known although one of them is wrong. */
const LONG_WORD = 5;

/** Who types large letters means them: they tell `torch.nn.Linear` from `torch.nn.functional.linear`. */
const CASE = 2;

/** Kinds that are chosen in the training settings, not placed on the canvas. */
const HIDDEN: ReadonlySet<string> = new Set(["optimizer", "scheduler", "init"]);

/** What is only another name for an operation is a word by which that one is found, and comes after it. */
const OTHER_NAME = /^Alias (?:for|of) :?\w*:?`?(torch\.[\w.]*\w)/;

function otherNames(operations: readonly Operation[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const operation of operations) {
    const target = targetOf(operation);
    if (target) names.set(target, [...(names.get(target) ?? []), operation.name.split(".").at(-1) ?? ""]);
  }
  return names;
}

/** Of what an operation is only another name; `torch.softmax` is the plainer name of what it stands for. */
function targetOf({ name, summary }: Operation): string | null {
  const target = OTHER_NAME.exec(summary)?.[1];
  return target && rankOf(target) <= rankOf(name) ? target : null;
}

function rankOf(name: string): number {
  const rank = ROOMS.indexOf(`${name.split(".").slice(0, -1).join(".")}.`);
  return rank < 0 ? ROOMS.length : rank;
}

function entryOf(operation: Operation, others: readonly string[]): Entry {
  const name = operation.name.toLowerCase();
  const last = name.split(".").at(-1) ?? name;
  const aliases = operation.aliases.map((alias) => alias.toLowerCase());
  const words = [last, ...aliases].flatMap((each) => each.split(/[^a-z0-9]+/));
  return {
    operation,
    name,
    last,
    plain: plainOf(last),
    aliases,
    others: others.map((other) => other.toLowerCase()),
    words: words.filter((word) => word.length >= LONG_WORD),
    summary: operation.summary.toLowerCase(),
    weight: rankOf(operation.name) / 10 + (targetOf(operation) ? 15 : 0),
  };
}

function plainOf(text: string): string {
  return text.replace(/[\s_.-]+/g, "");
}

/** What is meant by the words, then exact name, then beginning, then within the name, then its description. */
function scoreOf(entry: Entry, wanted: string, plain: string, parts: readonly string[]): number {
  if (entry.aliases.includes(wanted)) return 110;
  if (entry.last === wanted || entry.name === wanted) return 100;
  if (entry.plain === plain) return 95;
  if (entry.others.includes(wanted)) return 90;
  if (entry.last.startsWith(wanted)) return 80 - Math.min(9, entry.last.length - wanted.length) / 2;
  if (entry.name.startsWith(wanted)) return 70;
  if (entry.aliases.some((alias) => alias.startsWith(wanted))) return 60;
  if (entry.last.includes(wanted)) return 50;
  if (entry.name.includes(wanted)) return 45;
  if (entry.aliases.some((alias) => alias.includes(wanted))) return 40;
  const everywhere = (part: string): boolean =>
    entry.name.includes(part) ||
    entry.summary.includes(stemOf(part)) ||
    entry.aliases.some((alias) => alias.includes(part));
  return parts.every(everywhere) ? 20 : 0;
}

/** "multiply" also means "multiplies". */
function stemOf(word: string): string {
  return word.length > 4 ? word.replace(/(ies|ing|ed|es|y|e|s)$/, "") : word;
}

function compareNames(one: Entry, two: Entry): number {
  return one.name.length - two.name.length || (one.name < two.name ? -1 : 1);
}

/** How many letters are wrong, missing, too many or swapped; more than `limit` counts as `limit + 1`. */
export function editDistance(one: string, two: string, limit: number): number {
  if (Math.abs(one.length - two.length) > limit) return limit + 1;
  let before: number[] = [];
  let last = Array.from({ length: two.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    let least = row;
    for (let column = 1; column <= two.length; column += 1) {
      const cost = costAt(one, two, row, column, line, last, before);
      if (cost < least) least = cost;
      line.push(cost);
    }
    if (least > limit) return limit + 1;
    before = last;
    last = line;
  }
  return last[two.length] ?? limit + 1;
}

function costAt(
  one: string,
  two: string,
  row: number,
  column: number,
  line: readonly number[],
  last: readonly number[],
  before: readonly number[],
): number {
  const same = one.charCodeAt(row - 1) === two.charCodeAt(column - 1);
  const changed = (last[column - 1] ?? 0) + (same ? 0 : 1);
  const cost = Math.min((last[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1, changed);
  const swapped =
    row > 1 &&
    column > 1 &&
    one.charCodeAt(row - 1) === two.charCodeAt(column - 2) &&
    one.charCodeAt(row - 2) === two.charCodeAt(column - 1);
  return swapped ? Math.min(cost, (before[column - 2] ?? 0) + 1) : cost;
}
