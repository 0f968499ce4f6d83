/** What a run shows now: newest frame, layout with its index maps, status, losses, curves.

Two ways to listen: `onFrame` is called for every frame and never touches React (the overlay canvas draws from it);
`useRun` re-renders, and what it holds of numbers (`tick`) changes at most twice a second while frames stream, and at
once when a frame at rest arrives. Knows nothing of sockets. */
import { create } from "zustand";
import type { Alike, Layout, Notice, OutputRow, Problem, Status } from "../wire/messages";
import type { Frame } from "./frame";
import { LossBook, type RunLosses } from "./losses";
import { type Metrics, withMetrics } from "./metrics";
import { type NormCourse, NormHistory } from "./norm-history";
import { Replay, type Screen } from "./replay";

/** While numbers stream, attributes and texts are refreshed no oftener than this. */
const STREAM_INTERVAL_MS = 500;
/** Frames at rest that follow each other (typing) are refreshed no oftener than this. */
const REST_INTERVAL_MS = 16;

/** A layout with the places of everything in it. */
export interface IndexedLayout {
  readonly layout: Layout;
  /** Edge id → row of the frame's `edges`. */
  readonly edgeRow: ReadonlyMap<string, number>;
  /** Reference (shortest form) → row of `values` and `gradients`. */
  readonly outputRow: ReadonlyMap<string, number>;
  /** Reference of a leaf → row of `deposits`. */
  readonly leafRow: ReadonlyMap<string, number>;
  /** Node id → its rows of `outputs`, in order. */
  readonly nodeRows: ReadonlyMap<string, readonly number[]>;
  /** Node id → its problems; "" holds those that belong to no node. */
  readonly problems: ReadonlyMap<string, readonly Problem[]>;
}

/** The part of a run that React may watch. */
export interface RunState {
  readonly layout: IndexedLayout | null;
  /** Counts the graphs that were evaluated: another one may be laid out alike. */
  readonly graphs: number;
  readonly status: Status | null;
  /** Counts refreshes of numbers: at most two a second while they stream. */
  readonly tick: number;
  /** The frame that `tick` stands for. */
  readonly frame: Frame | null;
  /** The layout that this frame fits; until the first frame of a new one comes it is another. */
  readonly framed: IndexedLayout | null;
  readonly losses: readonly RunLosses[];
  readonly metrics: Metrics | null;
  /** Rows of validation, kept as metrics are: a row for every evaluation. */
  readonly validation: Metrics | null;
  readonly notices: readonly (Notice & { readonly key: number })[];
}

/** The one run store of the page, for React. */
export const useRun = create<RunState>()(() => ({
  layout: null,
  graphs: 0,
  status: null,
  tick: 0,
  frame: null,
  framed: null,
  losses: [],
  metrics: null,
  validation: null,
  notices: [],
}));

type FrameListener = (frame: Frame | null, layout: IndexedLayout | null) => void;

/** Takes what the wire delivers and paces what React sees of it. */
export class Run {
  /** The newest frame that fits the newest layout. */
  frame: Frame | null = null;
  layout: IndexedLayout | null = null;
  readonly history = new NormHistory();
  /** What the server said last of the largest norm; null once an evaluation has begun a scale of its own. */
  largest: { readonly run: number; readonly norm: number } | null = null;
  readonly losses = new LossBook();
  /** The beginning of a run, played for the eyes: only `shown` follows it. */
  readonly replay: Replay;
  private metrics: Metrics | null = null;
  private validation: Metrics | null = null;
  private readonly listeners = new Set<FrameListener>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private lastRefresh = 0;
  private notices = 0;

  constructor(screen?: Screen) {
    this.replay = new Replay(() => this.tell(), screen);
  }

  /** What the canvas draws: the newest frame, or the one that is played. */
  get shown(): Frame | null {
    return this.replay.frame ?? this.frame;
  }

  /** Calls back for every frame and every layout; returns how to stop. */
  onFrame(listener: FrameListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Takes a new layout; the frame before it no longer fits. */
  takeLayout(layout: Layout): void {
    this.replay.end();
    this.layout = indexLayout(layout);
    this.history.relayout(layout.edges.map((row) => row.edge));
    this.frame = null;
    useRun.setState({ layout: this.layout, graphs: useRun.getState().graphs + 1 });
    this.tell();
  }

  /** Takes the number under which the layout goes on: what is shown stays until its frame comes. */
  takeAlike({ layout, edit }: Alike): void {
    if (this.layout === null) return;
    this.replay.end();
    this.layout = { ...this.layout, layout: { ...this.layout.layout, layout, edit } };
    useRun.setState({ graphs: useRun.getState().graphs + 1 });
  }

  /** Takes a frame; one that names another layout is dropped (false). */
  takeFrame(frame: Frame): boolean {
    if (this.layout === null || frame.layout !== this.layout.layout.layout) return false;
    this.frame = frame;
    if (frame.evaluation) this.largest = null;
    const played = this.replay.frame;
    const follows = played !== null && frame.run === played.run && frame.step >= played.step;
    if (frame.evaluation || !follows) this.replay.end();
    if (!frame.withoutGradients) this.history.add(frame.run, frame.step, frame.edges);
    this.tell();
    this.schedule(frame.exact ? REST_INTERVAL_MS : STREAM_INTERVAL_MS);
    return true;
  }

  /** Takes frames of a run's beginning: they are played, and their norms kept; none of them is the newest. */
  takeFrames(frames: readonly Frame[]): void {
    const fitting = frames.filter((frame) => frame.layout === this.layout?.layout.layout);
    for (const { run, step, edges, withoutGradients } of fitting)
      if (!withoutGradients) this.history.add(run, step, edges);
    this.replay.take(fitting);
  }

  /** Takes the course of all edges' norms as the server kept it: all pages then show the same. */
  takeHistory(course: NormCourse): void {
    if (course.layout !== this.layout?.layout.layout || !this.history.take(course)) return;
    this.largest = { run: course.run, norm: course.largest };
    this.tell();
  }

  /** Takes losses; false where some are missing before them (the wire then asks again). */
  takeLosses(run: number, from: number, values: Float64Array, label: string): boolean {
    const complete = this.losses.add(run, from, values, label);
    if (complete) this.schedule(this.seriesInterval());
    return complete;
  }

  /** Takes metrics of step `from` and on. */
  takeMetrics(run: number, from: number, names: readonly string[], values: Float64Array): void {
    this.metrics = withMetrics(this.metrics, run, from, names, values);
    this.schedule(this.seriesInterval());
  }

  /** Takes rows of validation from number `from` on. */
  takeValidation(run: number, from: number, names: readonly string[], values: Float64Array): void {
    this.validation = withMetrics(this.validation, run, from, names, values);
    this.schedule(this.seriesInterval());
  }

  /** Takes where the run stands. */
  takeStatus(status: Status): void {
    useRun.setState({ status });
    if (status.state !== "running") this.schedule(REST_INTERVAL_MS);
  }

  /** Takes something to be announced. */
  takeNotice(notice: Notice): void {
    this.notices += 1;
    const same = ({ code, message }: Notice): boolean => code === notice.code && message === notice.message;
    const kept = useRun
      .getState()
      .notices.filter((shown) => !same(shown))
      .slice(-2);
    useRun.setState({ notices: [...kept, { ...notice, key: this.notices }] });
  }

  /** Takes a notice away. */
  dismiss(key: number): void {
    useRun.setState({ notices: useRun.getState().notices.filter((notice) => notice.key !== key) });
  }

  private tell(): void {
    for (const listener of this.listeners) listener(this.shown, this.layout);
  }

  /** While a run streams curves grow at the stream's pace; at rest what comes last is shown at once. */
  private seriesInterval(): number {
    return useRun.getState().status?.state === "running" ? STREAM_INTERVAL_MS : REST_INTERVAL_MS;
  }

  private dueAt = 0;

  private schedule(interval: number): void {
    const now = performance.now();
    const due = Math.max(now, this.lastRefresh + interval);
    if (this.timer !== null) {
      if (due >= this.dueAt) return;
      clearTimeout(this.timer);
      this.timer = null;
    }
    if (due <= now) this.refresh();
    else {
      this.dueAt = due;
      this.timer = setTimeout(() => this.refresh(), due - now);
    }
  }

  private refresh(): void {
    this.timer = null;
    this.lastRefresh = performance.now();
    const { tick, layout } = useRun.getState();
    useRun.setState({
      tick: tick + 1,
      frame: this.frame,
      framed: this.frame === null ? null : layout,
      losses: this.losses.all(),
      metrics: this.metrics,
      validation: this.validation,
    });
  }
}

/** Makes the maps that find a row by its name. */
export function indexLayout(layout: Layout): IndexedLayout {
  const nodeRows = new Map<string, number[]>();
  layout.outputs.forEach((row, index) => {
    const rows = nodeRows.get(row.node);
    if (rows) rows.push(index);
    else nodeRows.set(row.node, [index]);
  });
  return {
    layout,
    edgeRow: new Map(layout.edges.map((row, index) => [row.edge, index])),
    outputRow: new Map(layout.outputs.map((row, index) => [row.ref, index])),
    leafRow: new Map(layout.leaves.map((ref, index) => [ref, index])),
    nodeRows,
    problems: problemsByNode(layout.problems),
  };
}

/** The layout's row of a node's first output, if it ran. */
export function firstOutput(layout: IndexedLayout | null, nodeId: string): OutputRow | null {
  const row = layout?.nodeRows.get(nodeId)?.[0];
  return row === undefined ? null : (layout?.layout.outputs[row] ?? null);
}

function problemsByNode(problems: readonly Problem[]): Map<string, Problem[]> {
  const found = new Map<string, Problem[]>();
  for (const problem of problems) {
    const id = nodeOfPointer(problem.where) ?? "";
    found.set(id, [...(found.get(id) ?? []), problem]);
  }
  return found;
}

/** The id of the top-level node a JSON pointer points into, or null. */
export function nodeOfPointer(where: string): string | null {
  const match = /^\/nodes\/([^/]+)/.exec(where);
  return match?.[1]?.replaceAll("~1", "/").replaceAll("~0", "~") ?? null;
}
