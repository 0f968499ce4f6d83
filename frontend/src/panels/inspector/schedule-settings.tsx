/** How an update is tamed: the schedule of the learning rate, and the limit of the gradients. */
import type { ReactNode } from "react";
import { readArgument } from "../../arguments/argument-text";
import { useCatalog } from "../../catalog/catalog-store";
import { startersOf } from "../../catalog/starters";
import type { Argument } from "../../catalog/types";
import { setClip, setScheduler, setSchedulerArgument } from "../../document/commands";
import { useDocument, useEditor } from "../../editor/editor";
import { ArgumentField } from "./argument-field";
import { ChoiceField } from "./choice-fields";
import { TextField } from "./text-field";

/** Schedule and clipping, where there is an optimiser. */
export function ScheduleSettings(): ReactNode {
  const hasOptimizer = useDocument((snapshot) => snapshot.train.optimizer !== null);
  if (!hasOptimizer) return null;
  return (
    <>
      <SchedulerChoice />
      <SchedulerArguments />
      <Clip />
    </>
  );
}

function SchedulerChoice(): ReactNode {
  const { document } = useEditor();
  const scheduler = useDocument((snapshot) => snapshot.train.scheduler);
  const catalog = useCatalog((state) => state.catalog);
  const names = Array.from(catalog.operations.values())
    .filter((operation) => operation.kind === "scheduler")
    .map((operation) => operation.name);
  if (scheduler && !names.includes(scheduler.op)) names.push(scheduler.op);
  return (
    <ChoiceField
      label="scheduler"
      value={scheduler?.op ?? ""}
      title="How the learning rate changes from step to step"
      choices={[["", "none"], ...names.map((name) => [name, name.split(".").at(-1) ?? name] as const)]}
      onChoose={(op) => {
        const operation = catalog.operations.get(op);
        const taken = new Set(
          operation?.overloads.flatMap((way) => way.arguments.map((argument) => argument.name)),
        );
        const starts = operation ? startersOf(operation) : {};
        setScheduler(document, op === "" ? null : op, (name) => taken.has(name), starts);
      }}
    />
  );
}

function SchedulerArguments(): ReactNode {
  const { document } = useEditor();
  const scheduler = useDocument((snapshot) => snapshot.train.scheduler);
  const operation = useCatalog((state) => state.catalog.operations.get(scheduler?.op ?? ""));
  if (!scheduler || !operation) return null;
  return operation.overloads[0]?.arguments.map((argument) => (
    <ArgumentField
      key={`${scheduler.op} ${argument.name}`}
      argument={argument}
      literal={scheduler.args.get(argument.name)}
      scope="scheduler"
      onSet={(literal, merge) => setSchedulerArgument(document, argument.name, literal, merge ?? null)}
    />
  ));
}

const LIMIT: Argument = {
  name: "limit",
  type: "float",
  wired: false,
  typed: true,
  required: true,
  nullable: false,
  default: null,
  choices: [],
  passing: "keyword",
  length: null,
  fixed: null,
};

/** Where nobody has written a limit yet. */
const FIRST_LIMIT = "1.0";

function Clip(): ReactNode {
  const { document } = useEditor();
  const clip = useDocument((snapshot) => snapshot.train.clip);
  return (
    <>
      <ChoiceField
        label="clip"
        value={clip?.by ?? ""}
        title="Limits the gradients before each update: the norm of all together, or each value"
        choices={[
          ["", "no"],
          ["norm", "norm"],
          ["value", "value"],
        ]}
        onChoose={(by) => {
          if (by === "norm" || by === "value") setClip(document, by, clip?.limit ?? FIRST_LIMIT);
          else setClip(document, "norm", null);
        }}
      />
      {clip && (
        <TextField
          label="limit"
          value={clip.limit}
          required
          title={clip.by === "norm" ? "The largest norm of all gradients together" : "The largest gradient"}
          onCommit={(text) => {
            const reading = readArgument(LIMIT, text);
            if (reading.literal === undefined) return reading.refusal;
            if (reading.literal !== null) setClip(document, clip.by, reading.literal);
            return null;
          }}
        />
      )}
    </>
  );
}
