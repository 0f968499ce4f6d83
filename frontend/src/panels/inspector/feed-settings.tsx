/** What the training loop is fed with and measures: mini-batches, validation, metrics. */
import { type ReactNode, useId } from "react";
import { readArgument } from "../../arguments/argument-text";
import type { Argument } from "../../catalog/types";
import {
  renameMetric,
  setBatchSize,
  setBatchSources,
  setMetric,
  setReplacement,
  setShuffle,
} from "../../document/commands";
import { freeName } from "../../document/read-views";
import type { BatchView, ReferenceView } from "../../document/types";
import { useEditor, useSnapshot } from "../../editor/editor";
import { useRun } from "../../run/run-store";
import { ChoiceField, SwitchField } from "./choice-fields";
import { NameInput } from "./name-input";
import { alike, dataOutputs, fedOutputs, isOneElement, type OutputChoice, outputsOf } from "./output-choices";
import { TextField } from "./text-field";
import { useDraft } from "./use-draft";

const SIZE: Argument = {
  name: "batch size",
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

/** Mini-batches, validation and metrics, each a section. */
export function FeedSettings(): ReactNode {
  const { train } = useSnapshot();
  // The choices depend on what the newest evaluation found.
  useRun((run) => run.layout);
  if (train.loss === null && train.metrics.size === 0) return null;
  return (
    <>
      <Batches />
      <Replacements />
      <Metrics />
    </>
  );
}

function Batches(): ReactNode {
  const { document } = useEditor();
  const { batch } = useSnapshot().train;
  const fed = fedOutputs(useSnapshot());
  if (fed.length === 0 && batch === null) return null;
  return (
    <section className="fields" aria-label="Mini-batches">
      <h3 className="inspector-heading">Mini-batches</h3>
      <TextField
        label="batch size"
        value={batch?.size ?? ""}
        placeholder="all rows"
        title="So many rows a step; empty: every step takes all rows"
        onCommit={(text) => {
          const reading = text.trim() === "" ? { literal: null } : readArgument(SIZE, text);
          if (reading.literal === undefined) return reading.refusal;
          if (reading.literal !== null && !(Number(reading.literal) >= 1)) return "At least one row";
          setBatchSize(document, reading.literal, alike(fed));
          return null;
        }}
      />
      {batch && <Cut batch={batch} fed={fed} />}
    </section>
  );
}

/** Which sources are cut; what the file names besides can be taken out. */
function Cut({
  batch,
  fed,
}: {
  readonly batch: BatchView;
  readonly fed: readonly OutputChoice[];
}): ReactNode {
  const { document } = useEditor();
  const chosen = new Set(batch.of.map((ref) => ref.text));
  const strays = batch.of.filter((ref) => !fed.some((output) => output.text === ref.text));
  const choices = [...fed, ...strays.flatMap(asOutput)];
  return (
    <>
      <SwitchField
        label="shuffle"
        on={batch.shuffle}
        title="Each epoch takes the rows in another order"
        onChange={(on) => setShuffle(document, on)}
      />
      {choices.map((choice) => (
        <SwitchField
          key={choice.text}
          label={`cut ${choice.text}`}
          on={chosen.has(choice.text)}
          title={`Whether a step gets a batch of the rows of ${choice.text}, or all of it`}
          onChange={(on) =>
            setBatchSources(
              document,
              choices.filter(({ text }) => (text === choice.text ? on : chosen.has(text))),
            )
          }
        />
      ))}
    </>
  );
}

function asOutput({ uid, output, text }: ReferenceView): OutputChoice[] {
  return uid === null ? [] : [{ uid, output, text }];
}

/** What stands in the place of which source at the end of each epoch. */
function Replacements(): ReactNode {
  const { document } = useEditor();
  const snapshot = useSnapshot();
  const { validation } = snapshot.train;
  const replaced = new Map(validation.map((one) => [one.source.text, one]));
  const strays = validation.flatMap((one) => asOutput(one.source));
  const fed = fedOutputs(snapshot);
  const sources = [...fed, ...strays.filter(({ text }) => !fed.some((output) => output.text === text))];
  const others = dataOutputs(snapshot);
  if (sources.length === 0 || others.length < 2) return null;
  return (
    <section className="fields" aria-label="Validation">
      <h3 className="inspector-heading">Validation</h3>
      {sources.map((source) => {
        const now = replaced.get(source.text);
        const choices = others.filter(({ text }) => text !== source.text).map(({ text }) => text);
        const value = now ? (now.by?.text ?? LITERAL) : "";
        const known = value === "" || choices.includes(value) ? choices : [value, ...choices];
        return (
          <ChoiceField
            key={source.text}
            label={`${source.text} becomes`}
            value={value}
            title="At the end of each epoch loss and metrics are computed with this in its place"
            choices={[["", "itself"], ...known.map((text) => [text, text] as const)]}
            onChoose={(text) => {
              if (text === LITERAL) return;
              setReplacement(document, source, others.find((other) => other.text === text) ?? null);
            }}
          />
        );
      })}
    </section>
  );
}

const LITERAL = "what the file holds";

/** The numbers that are recorded beside the loss, and one to add. */
function Metrics(): ReactNode {
  const { document } = useEditor();
  const snapshot = useSnapshot();
  const { metrics } = snapshot.train;
  const outputs = snapshot.nodes
    .flatMap((node) => outputsOf(snapshot, node))
    .filter(({ text }) => isOneElement(text));
  return (
    <section className="fields" aria-label="Metrics">
      <h3 className="inspector-heading">Metrics</h3>
      {Array.from(metrics, ([name, of]) => (
        <Metric key={name} name={name} of={of} outputs={outputs} />
      ))}
      <ChoiceField
        label="add a metric"
        value=""
        title="A number that is recorded in every step, such as the accuracy"
        choices={[["", "an output…"], ...outputs.map(({ text }) => [text, text] as const)]}
        onChoose={(text) => {
          const chosen = outputs.find((output) => output.text === text);
          const start = text.replace(".", "_");
          const name = metrics.has(start) ? freeName(start, (taken) => metrics.has(taken)) : start;
          if (chosen) setMetric(document, name, chosen);
        }}
      />
    </section>
  );
}

interface MetricProps {
  readonly name: string;
  readonly of: ReferenceView;
  readonly outputs: readonly OutputChoice[];
}

/** A metric: its name, and the output it records. */
function Metric({ name, of, outputs }: MetricProps): ReactNode {
  const { document } = useEditor();
  const id = useId();
  const draft = useDraft(name, {
    onCommit: (text) => (renameMetric(document, name, text.trim()) ? null : "Another metric has this name"),
  });
  const known = outputs.some(({ text }) => text === of.text);
  return (
    <div className="field-row">
      <NameInput name={name} draft={draft} refusalId={id} />
      <select
        className="field"
        aria-label={`metric ${name}`}
        value={of.text}
        aria-invalid={of.uid === null}
        onChange={(event) =>
          setMetric(document, name, outputs.find(({ text }) => text === event.target.value) ?? null)
        }
      >
        <option value="">remove</option>
        {!known && <option value={of.text}>{of.text.replace(/^!/, "")}</option>}
        {outputs.map(({ text }) => (
          <option key={text} value={text}>
            {text}
          </option>
        ))}
      </select>
      {draft.refusal && (
        <p className="field-note" id={id} role="alert">
          {draft.refusal}
        </p>
      )}
    </div>
  );
}
