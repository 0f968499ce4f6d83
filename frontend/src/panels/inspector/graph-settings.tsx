/** What the training loop does, shown where nothing is selected: loss, steps, optimiser, what it is fed with, seed. */
import type { ReactNode } from "react";
import { readArgument } from "../../arguments/argument-text";
import { useCatalog } from "../../catalog/catalog-store";
import type { Argument, Operation } from "../../catalog/types";
import {
  fitGroups,
  setGraphField,
  setLoss,
  setOptimizer,
  setOptimizerArgument,
  setSteps,
} from "../../document/commands";
import type { NodeView } from "../../document/types";
import { useDocument, useEditor, useSnapshot } from "../../editor/editor";
import { useRun } from "../../run/run-store";
import type { Problem } from "../../wire/messages";
import { ArgumentField } from "./argument-field";
import { CallChoice, CallFields, shortName } from "./call-fields";
import { ChoiceField } from "./choice-fields";
import { DocumentationFold } from "./documentation-fold";
import { FeedSettings } from "./feed-settings";
import { KeptValues } from "./kept-values";
import { ProblemNotes } from "./problem-notes";
import { problemsAt, problemsBeside, useGraphProblems } from "./problem-places";
import { TextField } from "./text-field";
import { UPDATE_PLACES, UpdateSettings } from "./update-settings";

const OPTIMIZER = "/train/optimizer";

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
  const problems = useRun((run) => run.layout?.problems.get("") ?? NONE);
  return (
    <>
      <h2 className="inspector-heading">Training</h2>
      <ProblemNotes problems={problemsBeside(problems, [OPTIMIZER, ...UPDATE_PLACES])} />
      <section className="fields" aria-label="Training">
        <LossChoice />
        <Steps />
        <OptimizerChoice />
        <OptimizerArguments />
        <OptimizerDocumentation />
        <UpdateSettings />
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

const NONE: readonly Problem[] = [];

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
  return (
    <CallChoice
      label="optimizer"
      kind="optimizer"
      call={optimizer}
      onChoose={(op, keeps, starts) =>
        document.asOneStep(() => {
          setOptimizer(document, op, keeps, starts);
          fitGroups(document, keeps);
        })
      }
    />
  );
}

function OptimizerArguments(): ReactNode {
  const { document } = useEditor();
  const optimizer = useDocument((snapshot) => snapshot.train.optimizer);
  const problems = problemsBeside(useGraphProblems(), [`${OPTIMIZER}/groups`]);
  if (!optimizer) return <ProblemNotes problems={problemsAt(problems, OPTIMIZER)} />;
  return (
    <CallFields
      call={optimizer}
      at={OPTIMIZER}
      problems={problems}
      scope="optimizer"
      onSet={(argument, literal, merge) => setOptimizerArgument(document, argument, literal, merge)}
    />
  );
}

function OptimizerDocumentation(): ReactNode {
  const op = useDocument((snapshot) => snapshot.train.optimizer?.op);
  const isKnown = useCatalog((state) => state.catalog.operations.has(op ?? ""));
  if (!op || !isKnown) return null;
  return <DocumentationFold operation={op} heading={`What ${shortName(op)} does`} />;
}
