/** A refusal of the server's as an error that can be thrown. */
import type { Refusal } from "./messages";

/** What the server refused: `message` says what, `help` what to do. */
export class Refused extends Error {
  readonly code: string;
  readonly help: string;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.code = refusal.code;
    this.help = refusal.help;
  }
}
