/** All losses of a session's runs: growing float64 arrays, one a run. Knows nothing of charts or sockets. */

/** One run's losses: `values[0..count)`; `label` says what sets it apart. */
export interface RunLosses {
  readonly run: number;
  readonly values: Float64Array;
  readonly count: number;
  readonly label: string;
}

/** The newest loss, the step that gave it, and the step from which on none was finite; null where this one is. */
export interface NewestLoss {
  readonly step: number;
  readonly loss: number;
  readonly brokenSince: number | null;
}

/** Earlier runs that are kept beside the present one. */
const KEPT_RUNS = 5;

/** Takes losses as they come and keeps the last few runs. */
export class LossBook {
  private runs: RunLosses[] = [];

  /** Every kept run, oldest first; the last is the present one. */
  all(): readonly RunLosses[] {
    return this.runs;
  }

  /** The present run, null before the first loss. */
  current(): RunLosses | null {
    return this.runs.at(-1) ?? null;
  }

  /** Keeps the present run alone. */
  forgetEarlier(): void {
    this.runs = this.runs.slice(-1);
  }

  /** The newest loss, null before the first. */
  last(): NewestLoss | null {
    const book = this.current();
    return book === null ? null : newestLoss(book);
  }

  /** Takes losses number `from` and on; what was known from there on is replaced. False where some are missing.
  The label is that of the run's first loss. */
  add(run: number, from: number, values: Float64Array, label: string): boolean {
    let book = this.current();
    if (book === null || book.run !== run) {
      if (from !== 0) return false;
      book = { run, values: new Float64Array(Math.max(256, values.length)), count: 0, label };
      this.runs = [...this.runs.filter((kept) => kept.count > 0 && kept.run !== run), book].slice(-KEPT_RUNS);
    }
    if (from > book.count) return false;
    const count = from + values.length;
    const room = grown(book.values, count);
    room.set(values, from);
    const named = book.count === 0 ? label : book.label;
    this.runs = [...this.runs.slice(0, -1), { ...book, values: room, count, label: named }];
    return true;
  }
}

/** The newest loss of a run, null before the first. */
export function newestLoss({ values, count }: RunLosses): NewestLoss | null {
  const loss = values[count - 1];
  if (loss === undefined || count === 0) return null;
  let finite = count;
  while (finite > 0 && !Number.isFinite(values[finite - 1])) finite -= 1;
  return { step: count, loss, brokenSince: finite < count ? finite + 1 : null };
}

function grown(values: Float64Array, count: number): Float64Array {
  if (count <= values.length) return values;
  const room = new Float64Array(Math.max(count, values.length * 2));
  room.set(values);
  return room;
}
