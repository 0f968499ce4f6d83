/** Sends updates in order, one message at a time, and merges those that wait. Knows nothing of what carries them. */
import * as Y from "yjs";

/** What became of a message: the server has it, refused it, or did not answer (a new connection then comes). */
export type Outcome = "taken" | "refused" | "lost";
/** Sends one message; never rejects. */
export type Send = (update: Uint8Array) => Promise<Outcome>;
/** Edits are with the server, on their way, or were refused and are kept here. */
export type Standing = "saved" | "saving" | "unsaved";

/** Updates that wait are merged into messages of so many bytes; the server takes none beyond 16 MiB. */
export const LARGEST_MESSAGE = 12 << 20;

/** Updates on their way: what was not acknowledged is kept, in the order it was made. */
export class Outbox {
  private kept: Uint8Array[] = [];
  /** So many of the kept ones are in the message that is on its way. */
  private sent = 0;
  private epoch = 0;
  private open = false;
  /** The first of the kept ones was refused: it goes out again with the next edit, or when it is asked for. */
  private refused = false;

  constructor(
    private readonly send: Send,
    private readonly changed: (standing: Standing) => void,
  ) {}

  /** Takes an update to send. */
  put(update: Uint8Array): void {
    this.kept.push(update);
    this.again();
  }

  /** Sends what was refused once more. */
  again(): void {
    this.refused = false;
    this.tell();
    void this.pump();
  }

  /** The connection is gone: nothing is sent, everything is kept. */
  close(): void {
    this.open = false;
    this.sent = 0;
    this.epoch += 1;
  }

  /** The connection is back: `missing` is all that the server lacks, so what was kept is in it. */
  reopen(missing: Uint8Array | null): void {
    this.open = true;
    this.sent = 0;
    this.epoch += 1;
    if (missing === null) this.kept = [];
    else if (missing.length <= LARGEST_MESSAGE || this.kept.length === 0) this.kept = [missing];
    this.again();
  }

  private async pump(): Promise<void> {
    if (this.sent > 0 || !this.open || this.kept.length === 0) return;
    const { epoch } = this;
    const count = this.next();
    const message = this.kept.slice(0, count);
    this.sent = count;
    const outcome = await this.send(Y.mergeUpdates(message));
    if (epoch !== this.epoch || outcome === "lost") return;
    this.sent = 0;
    if (outcome === "taken") this.kept.splice(0, count);
    // What was put meanwhile may mend it, and goes out with it.
    else this.refused = this.next() === count;
    this.tell();
    if (!this.refused) void this.pump();
  }

  /** How many of the kept ones fit into one message: at least one. */
  private next(): number {
    let bytes = 0;
    const beyond = this.kept.findIndex((update) => {
      bytes += update.length;
      return bytes > LARGEST_MESSAGE;
    });
    return beyond === -1 ? this.kept.length : Math.max(1, beyond);
  }

  private tell(): void {
    this.changed(this.kept.length === 0 ? "saved" : this.refused ? "unsaved" : "saving");
  }
}
