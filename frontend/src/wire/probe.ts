/** Notices when the worker has been computing for a while: it answers questions between two computations only. */

/** An answer that takes longer tells that something long is being computed. */
const BUSY_AFTER_MS = 400;
/** What is sent in a row (typing, dragging) is one question. */
const SETTLE_MS = 200;

/** Asks after everything that may take long, one question at a time. */
export class Probe {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private asking = 0;
  private isWanted = false;

  /** `ask` ends with the answer; `tell` is told whether the worker is busy. */
  constructor(
    private readonly ask: () => Promise<unknown>,
    private readonly tell: (busy: boolean) => void,
  ) {}

  /** Something was sent that may take long. */
  poke(): void {
    if (this.asking > 0) this.isWanted = true;
    else if (this.timer === null) this.timer = setTimeout(() => void this.question(), SETTLE_MS);
  }

  /** The connection is gone, and with it the answer. */
  forget(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.asking = 0;
    this.isWanted = false;
    this.tell(false);
  }

  private async question(): Promise<void> {
    this.timer = null;
    const started = performance.now();
    this.asking = started;
    const late = setTimeout(() => this.asking === started && this.tell(true), BUSY_AFTER_MS);
    await this.ask().catch(() => undefined);
    clearTimeout(late);
    if (this.asking !== started) return;
    this.asking = 0;
    if (this.isWanted) {
      this.isWanted = false;
      await this.question();
    } else this.tell(false);
  }
}
