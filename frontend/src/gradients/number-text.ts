/** How a number is written on the canvas: three significant digits, a true minus sign. Knows no canvas. */

const MINUS = "\u2212";

/** The number in three significant digits ("0.0142", "−0.190", "1.23e−7"); whole numbers below 10,000 as they are. */
export function shortNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : `${MINUS}inf`;
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  const sign = value < 0 ? MINUS : "";
  if (magnitude < 10_000 && Number.isInteger(magnitude)) return sign + String(magnitude);
  const text = magnitude.toPrecision(3);
  const rounded = Number(text);
  if (rounded >= 100 && rounded < 10_000) return sign + String(rounded);
  if (rounded >= 1e-4 && rounded < 10_000) return sign + trimExponent(text, rounded);
  return sign + scientific(magnitude);
}

/** Like `shortNumber`, with a plus sign in front of what is positive. */
export function signedNumber(value: number): string {
  return value > 0 ? `+${shortNumber(value)}` : shortNumber(value);
}

/** All digits of the number, with a true minus sign: what is shown on hover. */
export function exactNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : `${MINUS}inf`;
  return String(value).replaceAll("-", MINUS);
}

function trimExponent(text: string, rounded: number): string {
  return text.includes("e") ? rounded.toFixed(Math.max(0, 2 - Math.floor(Math.log10(rounded)))) : text;
}

function scientific(magnitude: number): string {
  const [digits, exponent] = magnitude.toExponential(2).split("e");
  return `${digits}e${String(Number(exponent)).replace("-", MINUS)}`;
}

/** Remembers the text of each row's number, so that drawing a frame formats only what has changed. */
export class NumberTexts {
  private values = new Float64Array(0);
  private texts: string[] = [];

  constructor(private readonly format: (value: number) => string) {}

  /** Forgets everything and makes room for this many rows. */
  resize(rows: number): void {
    this.values = new Float64Array(rows);
    this.texts = new Array<string>(rows);
  }

  /** The text of the row's number. */
  text(row: number, value: number): string {
    const known = this.texts[row];
    if (known !== undefined && Object.is(this.values[row], value)) return known;
    const text = this.format(value);
    this.values[row] = value;
    this.texts[row] = text;
    return text;
  }
}
