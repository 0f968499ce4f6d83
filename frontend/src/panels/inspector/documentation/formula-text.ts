/** Fills a formula of torch's with the names of one graph: whose gradient it is, and what a command stands for.
Knows nothing of KaTeX or the DOM. */
import type { Equation } from "../../../catalog/documentation";

/** What stands in a graph where a formula names an argument or an output. */
export interface FormulaNames {
  /** A node's name or a number; null leaves the argument's own name. */
  readonly argument: (name: string) => string | null;
  /** The name of the operation's output, or of one of several. */
  readonly result: (output: string) => string;
}

/** The formula as an operation alone has it: x is what it is of, y what it gives. */
export const PLAIN_NAMES: FormulaNames = {
  argument: (name) => (name === "self" ? "x" : null),
  result: (output) => (output === "" ? "y" : /^\d+$/.test(output) ? `y${output}` : output),
};

/** An equation in LaTeX; `summed`: its argument is broadcast, so that its gradient is a sum. */
export function equationText(equation: Equation, names: FormulaNames, summed: boolean): string {
  const { right, elementwise, is_sum } = equation;
  const sides = equation.left.split(BETWEEN);
  const wired = sides.filter((side) => names.argument(argumentOf(side)) !== null);
  const left = (wired.length > 0 ? wired : sides).join(BETWEEN);
  const whole = summed && elementwise ? `\\sum ${is_sum ? `\\left(${right}\\right)` : right}` : right;
  const text =
    sides.length > 1 ? `\\begin{aligned} & ${left} \\\\ & = ${whole} \\end{aligned}` : `${left} = ${whole}`;
  return withoutUnits(filled(text, names));
}

/** What stands between the gradients of several arguments. */
const BETWEEN = ",\\; ";

/** Whose gradient an equation tells: the argument, by its name in torch's table. */
export function argumentOf(left: string): string {
  return /\\argument\{(\w+)\}/.exec(left)?.[1] ?? "";
}

function filled(latex: string, names: FormulaNames): string {
  return latex
    .replace(/\\argument\{([^{}]*)\}/g, (_, name: string) => nameText(names.argument(name) ?? name))
    .replace(/\\result\{([^{}]*)\}/g, (_, output: string) => nameText(names.result(output)));
}

/** A factor of one, which an argument's default may have become, is not said. */
function withoutUnits(latex: string): string {
  return latex
    .replace(/(^|[\s{(])(?:\\conjugate\{1(?:\.0)?\}|1(?:\.0)?) \\cdot /g, "$1")
    .replace(/\{((?:[^{}]|\{[^{}]*\})+)\}\^\{1(?:\.0)?\}/g, "$1");
}

/** A name as mathematics writes it: single letters slanted, words upright, a number at the end below the line. */
export function nameText(name: string): string {
  if (/^-?\d+(\.\d+)?$/.test(name)) return name;
  const [, word = name, below] = /^([A-Za-z]+)_?(\d+)$/.exec(name) ?? [];
  const text = word.length === 1 ? word : `\\mathrm{${word.replace(/[\\{}$&#%^~_]/g, escaped)}}`;
  return below === undefined ? text : `${text}_{${below}}`;
}

function escaped(character: string): string {
  if (character === "\\") return "\\backslash ";
  return character === "^" || character === "~" ? " " : `\\${character}`;
}

/** What the commands of the formulas stand for; with real numbers conjugation says nothing and is not shown. */
export function formulaCommands(complex: boolean): Readonly<Record<string, string>> {
  return {
    "\\gradient": "\\frac{\\partial L}{\\partial\\,#1}",
    "\\conjugate": complex ? "\\overline{#1}" : "#1",
    "\\conjugatesum": complex ? "\\overline{#1}" : "\\left(#1\\right)",
    "\\adjoint": complex ? "\\mathrm{H}" : "\\top",
    // A line that is too long ends before a product's sign, which begins the next one, and not behind it.
    "\\cdot": "\\allowbreak\u22c5\\nobreak",
  };
}
