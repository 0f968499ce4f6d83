// Sets formulas as the page does; reads LaTeX of torch and equations of derivatives, prints those that KaTeX refuses.
import { readFileSync } from "node:fs";
import katex from "../../frontend/node_modules/katex/dist/katex.mjs";
import {
  equationText,
  formulaCommands,
  PLAIN_NAMES,
} from "../../frontend/src/panels/inspector/documentation/formula-text.ts";

const formulas = JSON.parse(readFileSync(0, "utf8"));
const refused = [];
for (const formula of formulas) {
  const own = typeof formula !== "string";
  const text = own ? equationText(formula, PLAIN_NAMES, true) : formula;
  try {
    katex.renderToString(text, {
      displayMode: true,
      throwOnError: true,
      strict: "ignore",
      macros: own ? { ...formulaCommands(true) } : {},
    });
  } catch (error) {
    refused.push(`${text}: ${error.message}`);
  }
}
process.stdout.write(JSON.stringify(refused));
