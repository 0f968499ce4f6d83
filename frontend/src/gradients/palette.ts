/** The overlay's colours, read from the theme's CSS variables and spread into tables. Knows nothing of what is drawn. */
import { COLOURS } from "./ribbon-scale";

/** The theme's tokens that the overlay draws with. */
export interface Tokens {
  readonly background: string;
  readonly card: string;
  readonly line: string;
  readonly ink: string;
  readonly dim: string;
  readonly faint: string;
  readonly minus: string;
  readonly zero: string;
  readonly plus: string;
  /** Numbers above zero: as `plus`, dark enough to be read. */
  readonly plusText: string;
  readonly leaf: string;
  readonly data: string;
  readonly loss: string;
  readonly lossText: string;
  readonly selection: string;
  /** What is not finite: a gradient that has gone wrong. */
  readonly problem: string;
}

/** Tokens and what is computed from them once. */
export interface Palette extends Tokens {
  /** A colour for each index of `colourIndex`, from minus over grey to plus. */
  readonly ribbons: readonly string[];
  /** RGBA of a picture's cell: index is the cell's byte read as unsigned. */
  readonly cells: Uint32Array;
}

type Rgb = readonly [number, number, number];

/** Makes the tables of a set of tokens. */
export function paletteOf(tokens: Tokens): Palette {
  const minus = parseColour(tokens.minus);
  const zero = parseColour(tokens.zero);
  const plus = parseColour(tokens.plus);
  const diverging = (along: number): Rgb => (along < 0 ? mix(zero, minus, -along) : mix(zero, plus, along));
  const half = (COLOURS - 1) / 2;
  const ribbons = Array.from({ length: COLOURS }, (_, index) => {
    const along = (index - half) / half;
    return cssColour(diverging(Math.sign(along) * Math.abs(along) ** 0.7));
  });
  const cells = new Uint32Array(256);
  for (let cell = -127; cell <= 127; cell += 1) cells[cell & 255] = packed(diverging(cell / 127));
  cells[128] = packed(parseColour(tokens.ink));
  return { ...tokens, ribbons, cells };
}

/** Reads the tokens from the element's computed style. */
export function readTokens(element: Element): Tokens {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    background: read("--background"),
    card: read("--card"),
    line: read("--line"),
    ink: read("--ink"),
    dim: read("--dim"),
    faint: read("--faint"),
    minus: read("--gradient-minus"),
    zero: read("--gradient-zero"),
    plus: read("--gradient-plus"),
    plusText: read("--gradient-plus-text"),
    leaf: read("--leaf"),
    data: read("--data"),
    loss: read("--loss"),
    lossText: read("--loss-text"),
    selection: read("--selection"),
    problem: read("--problem"),
  };
}

/** The colour of a `#rrggbb` or `#rgb` text; black where it is neither. */
export function parseColour(text: string): Rgb {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1];
  if (digits === undefined) return [0, 0, 0];
  const pairs = digits.length === 3 ? [...digits].map((digit) => digit + digit) : (digits.match(/../g) ?? []);
  const [red, green, blue] = pairs.map((pair) => Number.parseInt(pair, 16));
  return [red ?? 0, green ?? 0, blue ?? 0];
}

function mix(from: Rgb, to: Rgb, along: number): Rgb {
  return [0, 1, 2].map((channel) => {
    const start = from[channel as 0];
    return Math.round(start + (to[channel as 0] - start) * along);
  }) as unknown as Rgb;
}

function cssColour([red, green, blue]: Rgb): string {
  return `rgb(${red}, ${green}, ${blue})`;
}

/** Little-endian RGBA, as the bytes of an ImageData lie. */
function packed([red, green, blue]: Rgb, alpha = 255): number {
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** A colour of the palette, `#rrggbb` or `rgb(…)`, as little-endian RGBA; `opacity` from 0 to 1. */
export function packedColour(text: string, opacity: number): number {
  const numbers = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(text)?.slice(1).map(Number);
  return packed((numbers as Rgb | undefined) ?? parseColour(text), Math.round(opacity * 255));
}
