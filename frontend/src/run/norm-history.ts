/** The curve of every edge's norm over the steps of a run, thinned as it grows. Knows nothing of drawing. */
import type { Figures } from "./frame";
import { NONFINITE, NORM, ROW } from "./frame";

/** How many points a curve holds; when they are full every second is dropped. */
export const HISTORY_POINTS = 64;

/** The courses of all edges as the server kept them, by the same rule, from every frame there was. */
export interface NormCourse {
  readonly run: number;
  readonly layout: number;
  /** The largest norm since the last evaluation or the beginning of the run: it sets the ribbons' widths. */
  readonly largest: number;
  readonly stride: number;
  readonly steps: Float64Array;
  /** Point after point, of each the norm of every edge. */
  readonly norms: Float32Array;
}

/** Norms of all edges at the same steps: row `edge` holds `count` points, oldest first. */
export class NormHistory {
  /** `values[edge * HISTORY_POINTS + point]`; NaN where there was no gradient. */
  values = new Float32Array(0);
  /** The step of every point: frames come at their own pace, so that steps between points may be many. */
  readonly steps = new Float64Array(HISTORY_POINTS);
  /** How many points every edge has. */
  count = 0;
  private edges: readonly string[] = [];
  private run = -1;
  private nextStep = 0;
  private stride = 1;

  /** Keeps the curves of edges that stay and gives new ones an empty past. */
  relayout(edges: readonly string[]): void {
    const rows = new Map(this.edges.map((edge, row) => [edge, row]));
    const values = new Float32Array(edges.length * HISTORY_POINTS).fill(Number.NaN);
    edges.forEach((edge, row) => {
      const old = rows.get(edge);
      if (old === undefined) return;
      const past = this.values.subarray(old * HISTORY_POINTS, (old + 1) * HISTORY_POINTS);
      values.set(past, row * HISTORY_POINTS);
    });
    this.edges = edges;
    this.values = values;
  }

  /** Takes a frame's edge figures if its step is due. */
  add(run: number, step: number, figures: Figures): void {
    if (run !== this.run || step < this.nextStep - this.stride) this.clear(run);
    // What comes again of the last step is of the graph as it is now: an edit, or a verb, changed it.
    if (this.count > 0 && step === this.steps[this.count - 1]) this.write(this.count - 1, figures);
    if (step < this.nextStep) return;
    if (this.count === HISTORY_POINTS) this.thin();
    this.write(this.count, figures);
    this.steps[this.count] = step;
    this.count += 1;
    this.nextStep = step + this.stride;
  }

  private write(point: number, figures: Figures): void {
    for (let row = 0; row < this.edges.length; row += 1) {
      const missing = (figures[row * ROW + NONFINITE] ?? -1) < 0;
      this.values[row * HISTORY_POINTS + point] = missing ? Number.NaN : (figures[row * ROW + NORM] ?? 0);
    }
  }

  /** Takes the courses that the server kept in the place of these; false where they are of other edges. */
  take(course: NormCourse): boolean {
    const { run, steps, norms, stride } = course;
    const edges = this.edges.length;
    if (norms.length !== steps.length * edges || steps.length > HISTORY_POINTS) return false;
    this.clear(run);
    this.count = steps.length;
    this.steps.set(steps);
    for (let point = 0; point < steps.length; point += 1)
      for (let row = 0; row < edges; row += 1)
        this.values[row * HISTORY_POINTS + point] = norms[point * edges + row] as number;
    this.stride = stride;
    this.nextStep = steps.length === 0 ? 0 : (steps[steps.length - 1] as number) + stride;
    return true;
  }

  /** How many points are of this step or of one before. */
  countUpTo(step: number): number {
    let points = this.count;
    while (points > 0 && (this.steps[points - 1] as number) > step) points -= 1;
    return points;
  }

  private clear(run: number): void {
    this.run = run;
    this.count = 0;
    this.nextStep = 0;
    this.stride = 1;
  }

  private thin(): void {
    for (let row = 0; row < this.edges.length; row += 1) {
      const start = row * HISTORY_POINTS;
      for (let point = 0; point < HISTORY_POINTS / 2; point += 1)
        this.values[start + point] = this.values[start + 2 * point] ?? Number.NaN;
    }
    for (let point = 0; point < HISTORY_POINTS / 2; point += 1)
      this.steps[point] = this.steps[2 * point] ?? 0;
    this.count = HISTORY_POINTS / 2;
    this.stride = Math.max(this.stride * 2, 1);
  }
}
