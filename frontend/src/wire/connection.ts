/** The socket of one open graph: joins, sends edits, takes numbers. The only file that knows socket.io. */
import { io, type Socket } from "socket.io-client";
import type { GraphDocument } from "../document/graph-document";
import { type Run, useRun } from "../run/run-store";
import { decodeFrame, decodeFrames, decodeHistory } from "./decode-frame";
import type {
  Alike,
  Joined,
  Layout,
  Losses,
  Metrics,
  Notice,
  Query,
  Refusal,
  Status,
  Validation,
  Verb,
} from "./messages";
import { Outbox, type Outcome } from "./outbox";
import { Probe } from "./probe";
import { Refused } from "./refused";
import { editsArrived, useWire } from "./wire-store";

/** Frames a second while the page is seen. */
const FRAME_RATE = 30;
const ANSWER_WITHIN_MS = 60_000;
/** A message and what it is wrapped in are at most 16 MiB; the server ends the connection of a larger one. */
const LARGEST_EDIT = (16 << 20) - 1024;
const TOO_LARGE: Refusal = {
  code: "too-large",
  message: "This change is larger than 16 MiB, more than the server takes at once.",
  help: "Go back to what is saved, and make it in several steps.",
};

type Bytes = ArrayBuffer | Uint8Array;
type Answer<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly error: Refusal };

/** Keeps one document and one run in step with the server. */
/** Whether what was trained is no more, though nobody pressed Reset, which counts the run up. */
function isTrainedStateGone(before: Status | null, now: Status): boolean {
  return before?.dirty === true && !now.dirty && now.run <= before.run;
}

const STATE_GONE: Notice = {
  level: "warning",
  code: "state-gone",
  message: "The server no longer has what was trained, nor its losses. Every edit is here.",
  help: "It was started again, or needed the room. Press Train to train anew.",
};

export class Connection {
  private readonly socket: Socket;
  private readonly outbox: Outbox;
  private readonly probe = new Probe(
    () => this.query({ what: "ledger", ref: "" }),
    (busy) => useWire.setState({ busy }),
  );
  private drawn = 0;
  private newest = 0;

  constructor(
    readonly graph: string,
    private readonly document: GraphDocument,
    private readonly run: Run,
  ) {
    this.socket = io({ transports: ["websocket"], autoConnect: false, reconnectionDelayMax: 2000 });
    this.outbox = new Outbox(
      (update) => this.sendEdit(update),
      (standing) => useWire.setState({ standing }),
    );
    document.onUpdate((update) => {
      run.replay.end();
      this.outbox.put(update);
    });
    this.listen();
  }

  /** Connects, and again whenever the connection is lost. */
  open(): void {
    globalThis.document.addEventListener("visibilitychange", () => this.watch());
    this.socket.connect();
  }

  /** Runs a verb; a refusal is announced and gives false. */
  async command(verb: Verb): Promise<boolean> {
    this.run.replay.end();
    if (useWire.getState().connection !== "online") {
      this.announce(new Error("Not connected: nothing was done. Try again when the server answers."));
      return false;
    }
    // What was edited before is what is run; what ends a run waits for nothing.
    try {
      if (verb !== "stop" && verb !== "pause") await editsArrived();
      await this.ask("command", { verb });
      this.probe.poke();
      return true;
    } catch (error) {
      this.announce(error);
      return false;
    }
  }

  /** Asks the worker; a refusal is thrown. */
  async query<T>(query: Query): Promise<T> {
    const answer = await this.ask<{ result: T }>("query", query);
    return answer.result;
  }

  private listen(): void {
    const { socket, run } = this;
    socket.on("connect", () => void this.join());
    socket.on("disconnect", () => this.lose());
    socket.on("connect_error", () => this.lose());
    socket.on("edit", (update: Bytes) => {
      run.replay.end();
      this.document.applyRemote(bytesOf(update));
    });
    socket.on("layout", (layout: Layout) => run.takeLayout(layout));
    socket.on("alike", (alike: Alike) => run.takeAlike(alike));
    socket.on("frame", (frame: Bytes) => this.takeFrame(frame));
    socket.on("frames", (batch: Bytes) => run.takeFrames(decodeFrames(batch)));
    socket.on("history", (history: Bytes) => this.takeHistory(history));
    socket.on("losses", (losses: Losses) => {
      if (!this.takeLosses(losses)) void this.join();
    });
    socket.on("metrics", ({ run: number, from, names, values }: Metrics) =>
      run.takeMetrics(number, from, names, numbersOf(values)),
    );
    socket.on("validation", ({ run: number, from, names, values }: Validation) =>
      run.takeValidation(number, from, names, numbersOf(values)),
    );
    socket.on("status", (status: Status) => run.takeStatus(status));
    socket.on("notice", (notice: Notice) => run.takeNotice(notice));
  }

  private async join(): Promise<void> {
    const present = this.run.losses.current();
    const have = { run: present?.run ?? -1, losses: present?.count ?? 0 };
    try {
      const vector = this.document.stateVector();
      this.takeAll(await this.ask<Joined>("join", { graph: this.graph, vector, have }));
    } catch (error) {
      if (error instanceof Refused) useWire.setState({ connection: "refused", refusal: error.message });
      else this.reconnect();
    }
  }

  private takeAll(joined: Joined): void {
    this.document.applyRemote(bytesOf(joined.update));
    const missing = this.document.updateSince(bytesOf(joined.vector));
    this.outbox.reopen(isEmptyUpdate(missing) ? null : missing);
    if (joined.layout) this.run.takeLayout(joined.layout);
    if (isTrainedStateGone(useRun.getState().status, joined.status)) this.run.takeNotice(STATE_GONE);
    this.run.takeStatus(joined.status);
    this.takeHistory(joined.history);
    if (joined.frame) this.takeFrame(joined.frame);
    // Losses from before this page came say nothing of how their run began.
    this.takeLosses(joined.losses, `run ${joined.losses.run}`);
    useWire.setState({ connection: "online", refusal: null, loaded: true, file: joined.file });
    this.probe.poke();
    this.watch();
  }

  private lose(): void {
    this.outbox.close();
    this.probe.forget();
    if (useWire.getState().connection !== "refused") useWire.setState({ connection: "offline" });
  }

  private watch(): void {
    if (globalThis.document.hidden) this.run.replay.end();
    if (this.socket.connected)
      this.socket.emit("watch", { rate: globalThis.document.hidden ? 0 : FRAME_RATE });
  }

  private takeFrame(data: Bytes): void {
    const frame = decodeFrame(data);
    if (frame === null) return;
    this.run.takeFrame(frame);
    const waiting = this.newest > this.drawn;
    this.newest = frame.number;
    if (!waiting) requestAnimationFrame(() => this.tellDrawn());
  }

  private takeHistory(data: Bytes): void {
    const course = decodeHistory(data);
    if (course !== null) this.run.takeHistory(course);
  }

  /** By the next picture what came has been drawn; the server then sends more. */
  private tellDrawn(): void {
    this.drawn = this.newest;
    if (this.socket.connected) this.socket.emit("received", { frame: this.newest });
  }

  /** False where losses before these are missing. */
  private takeLosses({ run, from, values }: Losses, label = this.runLabel(run)): boolean {
    return this.run.takeLosses(run, from, numbersOf(values), label);
  }

  /** What sets a run apart in the chart: its number and the learning rate it began with. */
  private runLabel(run: number): string {
    const rate = this.document.getSnapshot().train.optimizer?.args.get("lr");
    return rate === undefined ? `run ${run}` : `run ${run}, lr ${rate}`;
  }

  private async sendEdit(update: Uint8Array): Promise<Outcome> {
    try {
      if (update.length > LARGEST_EDIT) throw new Refused(TOO_LARGE);
      await this.ask("edit", update);
      this.probe.poke();
      useWire.setState({ unsaved: null });
      return "taken";
    } catch (error) {
      if (!(error instanceof Refused)) {
        this.reconnect();
        return "lost";
      }
      useWire.setState({ unsaved: error });
      return "refused";
    }
  }

  /** Sends what the server refused once more: what hindered it may be over. */
  saveAgain(): void {
    this.outbox.again();
  }

  /** Begins anew with a server that does not answer; nothing that was edited is lost. */
  private reconnect(): void {
    if (!this.socket.connected) return;
    this.socket.disconnect().connect();
  }

  private announce(error: unknown): void {
    const refused = error instanceof Refused ? error : null;
    this.run.takeNotice({
      level: "error",
      code: refused?.code ?? "no-answer",
      message: error instanceof Error ? error.message : String(error),
      help: refused?.help ?? "",
    });
  }

  private ask<T = unknown>(event: string, payload: unknown): Promise<T> {
    return new Promise((done, fail) => {
      this.socket.timeout(ANSWER_WITHIN_MS).emit(event, payload, (late: Error | null, answer: Answer<T>) => {
        if (late) fail(new Error("The server did not answer."));
        else if (answer.ok) done(answer);
        else fail(new Refused(answer.error));
      });
    });
  }
}

function bytesOf(data: Bytes): Uint8Array {
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

/** The float64s in these bytes; copied, because they may begin anywhere. */
function numbersOf(data: Bytes): Float64Array {
  const bytes = bytesOf(data);
  const whole = bytes.slice(0, bytes.byteLength - (bytes.byteLength % 8));
  return new Float64Array(whole.buffer, 0, whole.byteLength / 8);
}

/** Yjs writes "no structs, no deletions" as two zero bytes. */
function isEmptyUpdate(update: Uint8Array): boolean {
  return update.length <= 2;
}
