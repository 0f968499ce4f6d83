/** Where everything stands on a node's card, as pure geometry that the DOM card and the overlay share. Knows no DOM. */

/** What the picture area of a card shows. */
export type FigureKind = "none" | "number" | "strip" | "heat" | "histogram";

/** A rectangle in the card's own coordinates. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the parts of a card stand, in its own coordinates (origin: its top left corner). */
export interface CardLayout {
  readonly figure: FigureKind;
  readonly width: number;
  readonly height: number;
  /** Heights of the input sockets, in the order of the signature; they stand at x = 0. */
  readonly inputs: readonly number[];
  /** Heights of the outputs, then of the parameters; they stand at x = `width`. */
  readonly outputs: readonly number[];
  readonly parameters: readonly number[];
  /** Where value and gradient are drawn. For a number the rectangle's bottom is the text's baseline. */
  readonly value: Rect;
  readonly gradient: Rect;
  /** The baseline of the line with shape and `grad_fn`. */
  readonly note: number;
}

/** What decides a card's layout. */
export interface CardShape {
  readonly figure: FigureKind;
  readonly inputs: number;
  readonly outputs: number;
  readonly parameters: number;
  readonly width: number | null;
  readonly collapsed: boolean;
}

/** The width of a card nobody has resized. */
export const CARD_WIDTH = 132;
/** The space between a card's border and its text. */
export const CARD_INSET = 12;
/** The least distance between two sockets: their hit area. */
export const SOCKET_PITCH = 24;

/** The space between the norm of a parameter's gradient and the card's right border, where its socket is. */
export const PARAMETER_INSET = 9;
/** The room that the sign ‖∇‖ and the number beside it take: three characters and eight. */
export const PARAMETER_NORM_WIDTH = 67;
/** A character of a parameter's name. */
const PARAMETER_CHARACTER = 5.75;
/** So many characters at a name's end tell `weight_ih_l0` and `weight_hh_l0` apart. */
const TELLING_END = 5;

const WIDEST_PITCH = 30;
const COLLAPSED_HEIGHT = 40;
const SOCKET_MARGIN = 20;
const PARAMETERS_GAP = 4;

/** Height of the card without parameters, and where its picture area begins and ends. */
const FIGURES: Record<FigureKind, { height: number; top: number; rows: number }> = {
  none: { height: 92, top: 36, rows: 12 },
  number: { height: 92, top: 34, rows: 14 },
  strip: { height: 92, top: 35, rows: 12 },
  heat: { height: 134, top: 46, rows: 60 },
  histogram: { height: 112, top: 35, rows: 22 },
};

/** Lays a card out. */
export function layOutCard(shape: CardShape): CardLayout {
  const width = Math.max(CARD_WIDTH, shape.width ?? CARD_WIDTH);
  if (shape.collapsed) return collapsedCard(shape, width);
  const figure = FIGURES[shape.figure];
  const sockets = Math.max(shape.inputs, shape.outputs);
  const body = Math.max(figure.height, SOCKET_MARGIN + SOCKET_PITCH * sockets);
  const height = body + (shape.parameters > 0 ? shape.parameters * SOCKET_PITCH + PARAMETERS_GAP : 0);
  const areas = figureAreas(shape.figure, width);
  return {
    figure: shape.figure,
    width,
    height,
    inputs: spread(shape.inputs, body),
    outputs: spread(shape.outputs, body),
    parameters: Array.from({ length: shape.parameters }, (_, k) => body + SOCKET_PITCH * (k + 0.5)),
    ...areas,
    note: body - 9,
  };
}

/** A parameter's name as it fits beside its norm: whole, else without its middle. */
export function shortParameter(name: string, width: number): string {
  const room = width - CARD_INSET - PARAMETER_NORM_WIDTH - PARAMETER_INSET - 3;
  const characters = Math.floor(room / PARAMETER_CHARACTER);
  if (name.length <= characters) return name;
  const end = Math.max(Math.min(TELLING_END, characters - 2), Math.floor((characters - 1) / 2));
  return `${name.slice(0, characters - 1 - end)}…${name.slice(-end)}`;
}

/** Where a problem begins on its card, and the height of one of its lines. */
export const PROBLEM_TOP = 31;
export const PROBLEM_LINE = 11;

/** How many lines a problem may take on its card: down to the note, or to the border where there is none. */
export function problemLines(layout: CardLayout, hasNote: boolean): number {
  const foot = hasNote ? layout.note - 9 : layout.note + 4;
  return Math.max(1, Math.floor((foot - PROBLEM_TOP) / PROBLEM_LINE));
}

function collapsedCard(shape: CardShape, width: number): CardLayout {
  const middle = COLLAPSED_HEIGHT / 2;
  const nothing = { x: 0, y: 0, width: 0, height: 0 };
  return {
    figure: "none",
    width,
    height: COLLAPSED_HEIGHT,
    inputs: new Array<number>(shape.inputs).fill(middle),
    outputs: new Array<number>(shape.outputs).fill(middle),
    parameters: new Array<number>(shape.parameters).fill(middle),
    value: nothing,
    gradient: nothing,
    note: -1,
  };
}

function figureAreas(kind: FigureKind, width: number): { value: Rect; gradient: Rect } {
  const { top, rows } = FIGURES[kind];
  const inner = width - 2 * CARD_INSET;
  if (kind === "heat") {
    const side = (inner - 8) / 2;
    return {
      value: { x: CARD_INSET, y: top, width: side, height: rows },
      gradient: { x: CARD_INSET + side + 8, y: top, width: side, height: rows },
    };
  }
  if (kind === "number") {
    return {
      value: { x: CARD_INSET, y: top, width: inner, height: rows },
      gradient: { x: CARD_INSET, y: top + rows + 3, width: inner, height: 10 },
    };
  }
  const label = 34;
  return {
    value: { x: CARD_INSET + label, y: top, width: inner - label, height: rows },
    gradient: { x: CARD_INSET + label, y: top + rows + 4, width: inner - label, height: rows },
  };
}

function spread(count: number, body: number): number[] {
  const pitch = Math.min(WIDEST_PITCH, (body - SOCKET_MARGIN) / Math.max(1, count));
  const middle = body / 2;
  return Array.from({ length: count }, (_, k) => middle + (k - (count - 1) / 2) * pitch);
}
