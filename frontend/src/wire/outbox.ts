/** Sends updates in order, one at a time, and merges those that wait. Knows nothing of what carries them. */
import * as Y from "yjs";

/** Sends one update; the promise ends when the server has it (true) or refused it (false). It never rejects. */
export type Send = (update: Uint8Array) => Promise<boolean>;

/** Updates on their way: what was not acknowledged is kept. */
export class Outbox {
  private waiting: Uint8Array[] = [];
  private busy = false;
  private epoch = 0;
  private open = false;

  constructor(
    private readonly send: Send,
    private readonly changed: (pending: boolean) => void,
  ) {}

  /** Takes an update to send. */
  put(update: Uint8Array): void {
    this.waiting.push(update);
    this.changed(true);
    void this.pump();
  }

  /** The connection is gone: nothing is sent, everything is kept. */
  close(): void {
    this.open = false;
    this.busy = false;
    this.epoch += 1;
  }

  /** The connection is back: `missing` is all that the server lacks, so what waited is in it. */
  reopen(missing: Uint8Array | null): void {
    this.open = true;
    this.busy = false;
    this.epoch += 1;
    this.waiting = missing ? [missing] : [];
    this.changed(this.waiting.length > 0);
    void this.pump();
  }

  private async pump(): Promise<void> {
    if (this.busy || !this.open || this.waiting.length === 0) return;
    this.busy = true;
    const { epoch } = this;
    const update = this.waiting.length === 1 ? this.waiting[0] : Y.mergeUpdates(this.waiting);
    this.waiting = [];
    if (update) await this.send(update);
    if (epoch !== this.epoch) return;
    this.busy = false;
    if (this.waiting.length === 0) this.changed(false);
    void this.pump();
  }
}
