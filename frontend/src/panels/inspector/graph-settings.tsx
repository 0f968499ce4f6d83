/** What the training loop does, shown where nothing is selected: loss, steps, optimiser, what it is fed with, seed. */
import type { ReactNode } from "react";
import { readArgument } from "../../arguments/argument-text";
import { useCatalog } from "../../catalog/catalog-store";
import { chooseOverload } from "../../catalog/sockets";
import { startersOf } from "../../catalog/starters";
import type { Argument, Operation } from "../../catalog/types";
import {
  setGraphField,
  setLoss,
  setOptimizer,
  setOptimizerArgument,
  setSteps,
} from "../../document/commands";
import type { CallView, NodeView } from "../../document/types";
import { useDocument, useEditor, useSnapshot } from "../../editor/editor";
import { useRun } from "../../run/run-store";
import { ArgumentField } from "./argument-field";
import { ChoiceField } from "./choice-fields";
import { DocumentationFold } from "./documentation-fold";
import { FeedSettings } from "./feed-settings";
import { KeptValues } from "./kept-values";
import { ProblemNotes } from "./problem-notes";
import { ScheduleSettings } from "./schedule-settings";
import { TextField } from "./text-field";

const WHOLE: Omit<Argument, "name"> = {
  type: "int",
  wired: false,
  typed: true,
  required: false,
  nullable: false,
  default: null,
  choices: [],
  passing: "keyword",
  length: null,
  fixed: null,
};

/** The settings of the graph as a whole. */
export function GraphSettings(): ReactNode {
  const problems = useRun((run) => run.layout?.problems.get(""));
  return (
    <>
      <h2 className="inspector-heading">Training</h2>
      {problems && <ProblemNotes problems={problems} />}
      <section className="fields" aria-label="Training">
        <LossChoice />
        <Steps />
        <OptimizerChoice />
        <OptimizerArguments />
        <OptimizerDocumentation />
        <ScheduleSettings />
      </section>
      <FeedSettings />
      <h2 className="inspector-heading">Graph</h2>
      <section className="fields" aria-label="Graph">
        <Seed />
        <Notes />
      </section>
      <KeptValues />
      <p className="faint">Select a node to see its fields, an edge to see its gradient.</p>
    </>
  );
}

function LossChoice(): ReactNode {
  const { document } = useEditor();
  const { nodes, train, byId } = useSnapshot();
  const catalog = useCatalog((state) => state.catalog);
  const value = train.loss?.text ?? "";
  const names = nodes
    .filter((node) => canBeLoss(node, catalog.operations.get(node.op)))
    .map((node) => node.id);
  if (value !== "" && !names.includes(value)) names.push(value);
  return (
    <ChoiceField
      label="loss"
      value={value}
      title="Where gradients flow back from"
      choices={[["", "none"], ...names.map((name) => [name, name] as const)]}
      onChoose={(name) => {
        const uid = byId.get(name)?.uid;
        setLoss(document, uid === undefined ? null : { uid, output: null });
      }}
    />
  );
}

function canBeLoss(node: NodeView, operation: Operation | undefined): boolean {
  return operation?.kind !== "source" || node.inputs.length > 0;
}

function Steps(): ReactNode {
  const { document } = useEditor();
  const steps = useDocument((snapshot) => snapshot.train.steps);
  return (
    <ArgumentField
      argument={{ ...WHOLE, name: "steps", required: true }}
      literal={steps ?? undefined}
      scope="train"
      onSet={(literal, merge) => setSteps(document, literal, merge ?? null)}
    />
  );
}

function Seed(): ReactNode {
  const { document } = useEditor();
  const seed = useDocument((snapshot) => snapshot.seed);
  return (
    <TextField
      label="seed"
      value={seed ?? ""}
      placeholder="0"
      title="Sources and modules are made from it; once the state is real, it takes effect at Reset"
      onCommit={(text) => {
        const reading = readArgument({ ...WHOLE, name: "seed" }, text);
        if (reading.literal === undefined) return reading.refusal;
        setGraphField(document, "seed", reading.literal);
        return null;
      }}
    />
  );
}

/** What the file says of the graph, in words. */
function Notes(): ReactNode {
  const { document } = useEditor();
  const notes = useDocument((snapshot) => snapshot.notes);
  return (
    <TextField
      label="notes"
      value={notes}
      placeholder="What is there to see in this graph?"
      title="Kept in the file; Shift+Enter begins a line"
      lines={5}
      prose
      onCommit={(text) => {
        setGraphField(document, "notes", text.trim() === "" ? null : JSON.stringify(text.trim()));
        return null;
      }}
    />
  );
}

function OptimizerChoice(): ReactNode {
  const { document } = useEditor();
  const optimizer = useDocument((snapshot) => snapshot.train.optimizer);
  const catalog = useCatalog((state) => state.catalog);
  const names = Array.from(catalog.operations.values())
    .filter((operation) => operation.kind === "optimizer")
    .map((operation) => operation.name);
  if (optimizer && !names.includes(optimizer.op)) names.push(optimizer.op);
  return (
    <ChoiceField
      label="optimizer"
      value={optimizer?.op ?? ""}
      choices={[["", "none"], ...names.map((name) => [name, name.split(".").at(-1) ?? name] as const)]}
      onChoose={(op) => {
        const operation = catalog.operations.get(op);
        const taken = new Set(
          operation?.overloads.flatMap((way) => way.arguments.map((argument) => argument.name)),
        );
        const starts = operation ? startersOf(operation) : {};
        setOptimizer(document, op === "" ? null : op, (name) => taken.has(name), starts);
      }}
    />
  );
}

function OptimizerArguments(): ReactNode {
  const { document } = useEditor();
  const optimizer = useDocument((snapshot) => snapshot.train.optimizer);
  const operation = useCatalog((state) => state.catalog.operations.get(optimizer?.op ?? ""));
  if (!optimizer || !operation) return null;
  return chooseOverload(operation, asNode(optimizer)).arguments.map((argument) => (
    <ArgumentField
      key={`${optimizer.op} ${argument.name}`}
      argument={argument}
      literal={optimizer.args.get(argument.name)}
      scope="optimizer"
      onSet={(literal, merge) => setOptimizerArgument(document, argument.name, literal, merge ?? null)}
    />
  ));
}

function OptimizerDocumentation(): ReactNode {
  const op = useDocument((snapshot) => snapshot.train.optimizer?.op);
  const isKnown = useCatalog((state) => state.catalog.operations.has(op ?? ""));
  if (!op || !isKnown) return null;
  return <DocumentationFold operation={op} heading={`What ${op.split(".").at(-1)} does`} />;
}

/** An optimiser's arguments choose its overload as a node's do. */
function asNode(call: CallView): NodeView {
  return {
    uid: "",
    id: "",
    op: call.op,
    label: null,
    inputs: [],
    args: call.args,
    requiresGrad: null,
    mode: null,
    at: [0, 0],
    size: null,
    color: null,
    collapsed: false,
    bypass: false,
    share: null,
    order: "",
    other: new Map(),
  };
}
