/** Plays the frames of a run's beginning one after another, so that a run that is over in an instant is seen. Decides
what is shown when; the newest numbers, and everything that is not for the eyes, are not its business. */
import type { Frame } from "./frame";

/** A run's beginning takes about this long, however many frames it has. */
const LENGTH_MS = 1300;
/** After this the newest frame is shown, whatever has not been played. */
const LONGEST_MS = 1500;
/** Where frames are few, so many are played a second. */
const SLOWEST_RATE = 20;

/** A clock and a screen. */
export interface Screen {
  /** Milliseconds. */
  now(): number;
  /** Calls back before the next picture; returns how to forget it. */
  next(draw: () => void): () => void;
  /** Nothing may move, or nobody sees it. */
  isStill(): boolean;
}

/** The browser's. */
const BROWSER: Screen = {
  now: () => performance.now(),
  next: (draw) => {
    const request = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(request);
  },
  isStill: () => document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches,
};

/** Plays frames; calls back whenever `frame` has become another. */
export class Replay {
  /** What is played now; null at rest. */
  frame: Frame | null = null;
  private queue: Frame[] = [];
  private position = 0;
  private began = 0;
  private played = 0;
  private forget: (() => void) | null = null;

  constructor(
    private readonly changed: () => void,
    private readonly screen: Screen = BROWSER,
  ) {}

  /** The last step that is going to be played; curves reach up to it. */
  get reach(): number {
    return this.queue.at(-1)?.step ?? 0;
  }

  /** Plays these frames after those that wait. */
  take(frames: readonly Frame[]): void {
    const first = frames[0];
    if (first === undefined || this.screen.isStill()) return;
    if (this.frame !== null && first.run !== this.frame.run) this.end();
    this.queue.push(...frames);
    if (this.frame !== null) return;
    this.began = this.played = this.screen.now();
    this.position = 0;
    this.show(first);
  }

  /** Ends at once; the newest frame is shown. */
  end(): void {
    if (this.frame === null) return;
    this.forget?.();
    this.forget = null;
    this.queue = [];
    this.frame = null;
    this.changed();
  }

  private show(frame: Frame): void {
    this.frame = frame;
    this.forget = this.screen.next(() => this.play());
    this.changed();
  }

  private play(): void {
    const now = this.screen.now();
    const rate = Math.max(SLOWEST_RATE / 1000, this.queue.length / LENGTH_MS);
    this.position += (now - this.played) * rate;
    this.played = now;
    const frame = this.queue[Math.floor(this.position)];
    if (frame === undefined || now - this.began > LONGEST_MS) this.end();
    else this.show(frame);
  }
}
