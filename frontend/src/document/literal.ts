/** Literals: canonical JSON text in which every number stays as it was written. Knows nothing of Yjs or the DOM. */
import { isLosslessNumber, LosslessNumber, parse } from "lossless-json";

/** A JSON value whose numbers are kept as text. */
export type Json = null | boolean | string | LosslessNumber | Json[] | { [key: string]: Json };

/** A number kept as its text. */
export function numberOf(text: string): Json {
  return new LosslessNumber(text);
}

/** Whether a value is a number kept as its text. */
export function isNumber(value: Json): value is LosslessNumber {
  return isLosslessNumber(value);
}

/** The JSON value of a text, or undefined where the text is not JSON. */
export function readJson(text: string): Json | undefined {
  try {
    return parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Canonical text: one space after `:` and `,`, numbers as they were written. */
export function writeJson(value: Json): string {
  if (isLosslessNumber(value)) return value.value;
  if (Array.isArray(value)) return `[${value.map(writeJson).join(", ")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${writeJson(item)}`);
    return `{${entries.join(", ")}}`;
  }
  return JSON.stringify(value);
}

/** The canonical text of a JSON text, or null where it is not JSON. */
export function canonical(text: string): string | null {
  const value = readJson(text);
  return value === undefined ? null : writeJson(value);
}

/** A literal's plain JavaScript value, for display and decisions only: numbers lose how they were written. */
export function plainValue(literal: string | null | undefined): unknown {
  if (literal === null || literal === undefined) return undefined;
  try {
    return JSON.parse(literal);
  } catch {
    return undefined;
  }
}

/** The literal of a plain JavaScript value whose numbers may be written in JavaScript's own way. */
export function literalOf(value: unknown): string {
  return canonical(JSON.stringify(value)) ?? "null";
}

/** Whether a text is one number as JSON writes it. */
export function isNumberText(text: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text);
}
