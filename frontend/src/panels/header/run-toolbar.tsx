/** The tool bar "Run": the verbs of a session, the device, and where the run stands. */
import { memo, type ReactNode, useRef } from "react";
import { setGraphField } from "../../document/commands";
import { useDocument, useEditor } from "../../editor/editor";
import { shortNumber } from "../../gradients/number-text";
import type { NewestLoss } from "../../run/losses";
import { useRun } from "../../run/run-store";
import type { RunState, Status, Verb } from "../../wire/messages";
import { useWire } from "../../wire/wire-store";
import { Icon, type IconName } from "../icons";
import { type FrameLoss, frameLoss } from "./frame-loss";
import { followCourse, type RunCourse, type ToldStatus, toldStatus } from "./run-course";

interface VerbRow {
  readonly verb: Verb;
  readonly name: string;
  readonly what: string;
  readonly icon?: IconName;
  readonly strong?: boolean;
  /** States in which it can be pressed. */
  readonly when: readonly RunState[];
}

const AT_REST: readonly RunState[] = ["idle", "paused", "failed"];
const STARTABLE: readonly RunState[] = [...AT_REST, "lost"];

const VERBS: readonly VerbRow[] = [
  {
    verb: "forward",
    name: "Forward",
    what: "Compute values on the next batch: the loss, and the graph that autograd records",
    when: AT_REST,
  },
  {
    verb: "backward",
    name: "Backward",
    what: "loss.backward(): deposit gradients into .grad; again adds to them",
    when: AT_REST,
  },
  {
    verb: "update",
    name: "Update",
    what: "Let the optimiser change the leaves, with torch.no_grad(): autograd must not record it",
    when: AT_REST,
  },
  { verb: "zero", name: "Zero gradients", what: "Empty every .grad: p.grad.zero_()", when: AT_REST },
  {
    verb: "step",
    name: "Step",
    what: "One whole step of the loop: forward, backward, update, zero gradients",
    when: AT_REST,
  },
  { verb: "train", name: "Train", what: "Run the steps (Ctrl+Enter)", strong: true, when: STARTABLE },
  { verb: "pause", name: "Pause", what: "Pause; everything is kept", icon: "pause", when: ["running"] },
  {
    verb: "stop",
    name: "Stop",
    what: "End the run; everything is kept (Ctrl+Alt+Enter)",
    icon: "stop",
    when: ["running", "paused"],
  },
  {
    verb: "reset",
    name: "Reset",
    what: "Make everything anew from the seed",
    icon: "reset",
    when: [...STARTABLE, "running"],
  },
];

/** The buttons of the session's verbs. */
export const RunToolbar = memo(function RunToolbar(): ReactNode {
  const { wire } = useEditor();
  const state = useRun((run) => run.status?.state ?? "starting");
  const online = useWire((connection) => connection.connection === "online");
  const busy = useWire((connection) => connection.busy);
  return (
    <div className="run-toolbar" role="toolbar" aria-label="Run">
      {VERBS.map(({ verb, name, what, icon, strong, when }) => (
        <button
          key={verb}
          type="button"
          className={icon ? "icon-button" : `button ${strong ? "button-strong" : ""}`}
          aria-label={icon ? name : undefined}
          title={what}
          disabled={!online || !(when.includes(state) || (verb === "stop" && busy))}
          onClick={() => void wire.command(verb)}
        >
          {icon ? <Icon name={icon} /> : name}
        </button>
      ))}
    </div>
  );
});

/** The graph's device: auto, cpu, cuda, and what the file says beside these. */
export function DeviceChoice(): ReactNode {
  const { document } = useEditor();
  const device = useDocument((snapshot) => snapshot.device);
  const running = useRun((run) => run.status?.device ?? null);
  const choices = ["auto", "cpu", "cuda"];
  if (!choices.includes(device)) choices.push(device);
  return (
    <select
      className="device"
      aria-label="Device"
      title={running ? `The graph runs on ${running}` : "Where the graph runs"}
      value={device}
      onChange={(event) => setGraphField(document, "device", JSON.stringify(event.target.value))}
    >
      {choices.map((choice) => (
        <option key={choice} value={choice}>
          {choice}
        </option>
      ))}
    </select>
  );
}

/** Where the run stands: "step 17 of 200, loss 0.0123". */
export function RunStatus(): ReactNode {
  const status = useRun((run) => run.status);
  useRun((run) => run.tick);
  const { run } = useEditor();
  const state = status?.state ?? "starting";
  const busy = useWire((connection) => connection.busy) && state !== "running";
  const told = useTold(status);
  const newest = frameLoss(run.frame, run.layout);
  const text = busy ? "evaluating…" : statusText(told, newest, run.losses.last());
  return (
    <output
      className="run-status"
      aria-label="Run"
      aria-live={state === "running" ? "off" : "polite"}
      data-state={state}
      title={status ? `${text} (torch ${status.torch})` : ""}
    >
      {state === "running" ? steady(text) : text}
    </output>
  );
}

/** The status with what this page has seen of the run. */
function useTold(status: Status | null): ToldStatus | null {
  const course = useRef<RunCourse | null>(null);
  const steps = useDocument((snapshot) => snapshot.train.steps);
  if (status === null) return null;
  course.current = followCourse(course.current, status);
  return toldStatus(status, course.current, steps === null ? null : Number(steps));
}

/** While a run goes on its step and loss have room to grow: what stands beside them keeps its place. */
function steady(text: string): ReactNode {
  const [, step, target, loss] = /^step (\d+)( of \d+, loss )(.*)$/.exec(text) ?? [];
  if (!step || !target || !loss) return text;
  const digits = target.replace(/\D/g, "").length;
  return (
    <>
      step <span style={{ minWidth: `${digits}ch` }}>{step}</span>
      {target}
      <span className="run-loss">{loss}</span>
    </>
  );
}

/** The status in words; while a run streams, step and loss are those of the newest frame. */
export function statusText(
  status: ToldStatus | null,
  frame: FrameLoss | null = null,
  lastLoss: NewestLoss | null = null,
): string {
  if (status === null || status.state === "starting") return "starting…";
  if (status.state === "lost") return "the worker was lost";
  if (status.state === "failed" && status.problem) return status.problem.message;
  const newer = frame !== null && frame.step >= status.step ? frame : null;
  const step = newer?.step ?? status.step;
  const known = newer?.loss ?? status.loss;
  // A status tells no loss where there is none and where it is no number: the losses themselves tell these apart.
  const broken = lastLoss !== null && lastLoss.step === step && !Number.isFinite(lastLoss.loss);
  const loss = known ?? (broken ? lastLoss.loss : null);
  const parts = [status.of > 0 ? `step ${step} of ${status.of}` : `step ${step}`];
  if (loss !== null) {
    const since = lastLoss?.brokenSince ?? null;
    const isNews = !Number.isFinite(loss) && since !== null && since < step;
    parts.push(`loss ${shortNumber(loss)}${isNews ? ` since step ${since}` : ""}`);
  }
  if (status.state === "paused") parts.push("paused");
  if (status.stopped) parts.push("stopped");
  return parts.join(", ");
}
