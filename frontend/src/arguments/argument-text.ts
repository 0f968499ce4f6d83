/** Between what a person types into an argument's field and the literal of the file. Knows nothing of the DOM. */
import type { Argument, ArgumentType } from "../catalog/types";
import { isNumberText, type Json, plainValue, readJson, writeJson } from "../document/literal";

/** What a typed text comes to: a literal, nothing (PyTorch's default holds), or why it cannot be. */
export type Reading =
  | { readonly literal: string }
  | { readonly literal: null }
  | { readonly literal?: never; readonly refusal: string };

/** Reads what was typed into an argument's field. */
export function readArgument(argument: Argument, typed: string): Reading {
  const text = typed.trim().replaceAll("\u2212", "-");
  if (text === "" && argument.type !== "string") return { literal: null };
  if (argument.nullable && /^(none|null)$/i.test(text)) return { literal: "null" };
  return READERS[argument.type](text, argument, typed);
}

type Reader = (text: string, argument: Argument, typed: string) => Reading;

const READERS: Readonly<Record<ArgumentType, Reader>> = {
  int: (text, { name }) => {
    const whole = wholeText(text);
    return whole === null ? { refusal: `${name} takes a whole number, such as 1.` } : { literal: whole };
  },
  float: (text, { name }) => numberReading(text, `${name} takes a number, such as 0.1.`),
  number: (text, { name }) => numberReading(text, `${name} takes a number, such as 2.`),
  tensor: (text, { name }) => numberReading(text, `${name} takes a tensor: draw a wire to it.`),
  tensors: (_, { name }) => ({ refusal: `${name} takes tensors: draw wires to it.` }),
  ints: (text, { name, length }) => {
    // One number for every dimension stays a number: modules repeat it themselves, but not a list of one.
    const alone = length !== null && length > 1 ? numberText(text) : null;
    if (alone !== null && isIntegerText(alone)) return { literal: alone };
    return listReading(
      text,
      isIntegerText,
      length,
      `${name} takes whole numbers, such as ${length === 2 ? "3, 3" : "80, 1"}.`,
    );
  },
  floats: (text, { name, length }) =>
    listReading(text, isAnyNumber, length, `${name} takes numbers, such as 0.5, 1.0.`),
  bools: (text, { name, length }) =>
    listReading(
      text.toLowerCase(),
      (item) => item === "true" || item === "false",
      length,
      `${name} takes true and false.`,
    ),
  bool: (text, { name }) => {
    const value = text.toLowerCase();
    return value === "true" || value === "false"
      ? { literal: value }
      : { refusal: `${name} takes true or false.` };
  },
  dtype: (text) => ({ literal: JSON.stringify(text.replace(/^torch\./, "")) }),
  string: (_, __, typed) => ({ literal: JSON.stringify(typed) }),
  choice: (text) => ({ literal: JSON.stringify(text) }),
  index: (text) => ({ literal: JSON.stringify(text.replace(/^\[(.*)\]$/, "$1")) }),
  function: (text) => ({ literal: JSON.stringify(text) }),
  file: (text, { name }) =>
    text.startsWith("data:") ? { literal: JSON.stringify(text) } : { refusal: `${name} takes a data URL.` },
  data: (text, { name }) => dataReading(text, name),
  constant: (text, { name }) => (text.startsWith("{") ? tableReading(text, name) : dataReading(text, name)),
  module: (text, { name }) => tableReading(text, name),
  schedulers: (text, { name }) => {
    const value = readJson(text);
    return Array.isArray(value)
      ? { literal: writeJson(value) }
      : {
          refusal: `${name} takes a list of tables, such as [{"op": "torch.optim.lr_scheduler.ConstantLR"}].`,
        };
  },
  map: (text, { name }) => tableReading(text, name),
};

function tableReading(text: string, name: string): Reading {
  const value = readJson(text);
  const fits = typeof value === "object" && value !== null && !Array.isArray(value);
  return fits ? { literal: writeJson(value) } : { refusal: `${name} takes a table, such as {"x": 0}.` };
}

/** The text that stands in a field for a literal. */
export function showArgument(type: ArgumentType, literal: string | undefined): string {
  if (literal === undefined) return "";
  const value = plainValue(literal);
  if (value === null) return "None";
  if (type === "string" || type === "choice" || type === "dtype" || type === "index" || type === "function")
    return typeof value === "string" ? value : literal;
  if (typeof value === "string") return value;
  if (type === "ints" || type === "floats" || type === "bools") return literal.replace(/^\[(.*)\]$/s, "$1");
  return complexText(value) ?? literal;
}

/** What PyTorch takes where nothing is given, as a field's placeholder. */
export function showDefault(argument: Argument): string {
  if (argument.default !== null) return showArgument(argument.type, argument.default);
  return argument.required ? "required" : "default";
}

/** One number as a person may write it, as JSON writes it; null where it is none. */
export function numberText(typed: string): string | null {
  const text = typed.trim().replaceAll("\u2212", "-").replaceAll("_", "");
  if (isNumberText(text)) return text;
  const match = /^([+-]?)(\d*)(?:(\.)(\d*))?([eE][+-]?\d+)?$/.exec(text);
  if (!match) return null;
  const [, sign, whole = "", dot, fraction = "", exponent = ""] = match;
  if (whole === "" && fraction === "") return null;
  const digits = whole.replace(/^0+(?=\d)/, "") || "0";
  return `${sign === "-" ? "-" : ""}${digits}${dot ? `.${fraction || "0"}` : ""}${exponent}`;
}

/** A whole number as its digits, also where it is typed as `1e9`, `1_000` or `3.0`; null for what is none. */
function wholeText(text: string): string | null {
  if (isIntegerText(text)) return text;
  const number = Number(numberText(text) ?? Number.NaN);
  return Number.isSafeInteger(number) ? String(number) : null;
}

function numberReading(text: string, refusal: string): Reading {
  const number = numberText(text);
  if (number !== null) return { literal: number };
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special) {
    const word = special[2]?.toLowerCase() === "nan" ? "nan" : `${special[1] === "-" ? "-" : ""}inf`;
    return { literal: JSON.stringify(word) };
  }
  const complex = readComplex(text);
  return complex === null ? { refusal } : { literal: complex };
}

/** `1+2j` as `{"complex": [1, 2]}`. */
function readComplex(text: string): string | null {
  const match = /^(.*?)([+-]?[\d.]+(?:[eE][+-]?\d+)?)[ij]$/.exec(text.replaceAll(" ", ""));
  if (!match) return null;
  const real = match[1] === "" ? "0" : numberText(match[1] ?? "");
  const imaginary = numberText(match[2] ?? "");
  return real === null || imaginary === null ? null : `{"complex": [${real}, ${imaginary}]}`;
}

function complexText(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("complex" in value)) return null;
  const parts = (value as { complex: unknown }).complex;
  if (!Array.isArray(parts)) return null;
  const [real, imaginary] = parts as [number, number];
  return `${real}${imaginary < 0 ? "" : "+"}${imaginary}j`;
}

function listReading(
  text: string,
  fits: (item: string) => boolean,
  length: number | null,
  refusal: string,
): Reading {
  const items = text
    .replace(/^[[(](.*)[\])]$/s, "$1")
    .split(/[\s,;×]+/)
    .filter((item) => item !== "");
  const texts = items.map((item) => (/^(true|false)$/.test(item) ? item : (numberText(item) ?? item)));
  if (!texts.every(fits)) return { refusal };
  if (length !== null && texts.length !== length && texts.length !== 1) return { refusal };
  return { literal: `[${texts.join(", ")}]` };
}

/** Numbers as JSON lists, as rows of a spreadsheet, or one after another. */
function dataReading(text: string, name: string): Reading {
  const value = readJson(text);
  if (value !== undefined && isData(value)) return { literal: writeJson(value) };
  const rows = readCells(text);
  if (rows === null)
    return {
      refusal: `${name} takes numbers: 1.5, or 1.0, 2.0, or [[1.0], [2.0]], or rows of a spreadsheet.`,
    };
  const [first] = rows;
  if (rows.length > 1) return { literal: matrixLiteral(rows) };
  if (first && first.length > 1) return { literal: `[${first.join(", ")}]` };
  return { literal: first?.[0] ?? "0.0" };
}

function isData(value: Json): boolean {
  if (Array.isArray(value)) return value.every(isData);
  return typeof value === "boolean" || (typeof value === "object" && value !== null && "value" in value);
}

/** The cells of pasted rows (tabs, commas or spaces between), as JSON numbers; null where one is no number. */
export function readCells(text: string): string[][] | null {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const rows: string[][] = [];
  for (const line of lines) {
    const separator = line.includes("\t") ? "\t" : line.includes(";") ? ";" : /[\s,]+/;
    const cells = line.trim().split(separator);
    const numbers = cells.map((cell) => cellText(cell));
    if (!numbers.every((number) => number !== null)) return null;
    rows.push(numbers as string[]);
  }
  const width = rows[0]?.length ?? 0;
  return width > 0 && rows.every((row) => row.length === width) ? rows : null;
}

function cellText(cell: string): string | null {
  const text = cell.trim();
  if (/^(true|false)$/i.test(text)) return text.toLowerCase();
  return numberText(/^[+-]?\d+,\d+$/.test(text) ? text.replace(",", ".") : text);
}

/** Rows of numbers as the literal of a matrix. */
export function matrixLiteral(rows: readonly (readonly string[])[]): string {
  return `[${rows.map((row) => `[${row.join(", ")}]`).join(", ")}]`;
}

function isIntegerText(text: string): boolean {
  return /^-?(0|[1-9]\d*)$/.test(text);
}

function isAnyNumber(text: string): boolean {
  return isNumberText(text);
}
