/** A refusal of the server's as an error that can be thrown. */
import type { Problem, Refusal } from "./messages";

/** What the server refused: `message` says what, `help` what to do. */
export class Refused extends Error {
  readonly code: string;
  readonly help: string;
  readonly problems: readonly Problem[];

  constructor(refusal: Refusal, problems: readonly Problem[] = []) {
    super(refusal.message);
    this.code = refusal.code;
    this.help = refusal.help;
    this.problems = problems;
  }
}
