/** The fields of one node: its name, its arguments, how it takes part in the gradient, its exact figures. */
import { lazy, type ReactNode, Suspense, useRef, useState } from "react";
import { useCatalog } from "../../catalog/catalog-store";
import { argumentsOf, chooseOverload } from "../../catalog/sockets";
import type { Argument, Operation, Overload } from "../../catalog/types";
import { rename, setArgument, setField, setLoss } from "../../document/commands";
import type { NodeView } from "../../document/types";
import { useDocument, useEditor, useSnapshot } from "../../editor/editor";
import { focusCanvas } from "../../editor/focus-canvas";
import { useRun } from "../../run/run-store";
import type { Problem } from "../../wire/messages";
import { InlineCode } from "../inline-code";
import { NodeArgumentField } from "./argument-field";
import { ChoiceField, SwitchField } from "./choice-fields";
import { DATA } from "./data-source-field";
import { DocumentationFold } from "./documentation-fold";
import { NodeFigures } from "./figures";
import { GroupField } from "./group-field";
import { Ledger } from "./ledger";
import { ParameterFields, parameterPlaces } from "./parameter-fields";
import { ProblemNotes } from "./problem-notes";
import { problemsBeside } from "./problem-places";
import { TextField } from "./text-field";

/** With the setting of mathematics: it comes when the first operation is looked at. */
const NodeDerivative = lazy(() =>
  import("./documentation/derivative").then((part) => ({ default: part.NodeDerivative })),
);

/** Everything of one node that can be read or changed. */
export function NodeInspector({ node }: { readonly node: NodeView }): ReactNode {
  const operation = useCatalog((state) => state.catalog.operations.get(node.op));
  const problems = useRun((run) => run.layout?.problems.get(node.id) ?? NONE);
  const leaves = useRun((run) => run.layout?.layout.leaves ?? NO_LEAVES);
  const isModule = operation?.kind === "module";
  const owned = leaves.filter((leaf) => leaf === node.id || leaf.startsWith(`${node.id}.`));
  return (
    <>
      <Head node={node} />
      {operation?.summary && (
        <p className="inspector-summary">
          <InlineCode text={operation.summary} />
        </p>
      )}
      <ProblemNotes problems={isModule ? problemsBeside(problems, parameterPlaces(node)) : problems} />
      {operation ? <Arguments node={node} operation={operation} /> : <UnknownArguments node={node} />}
      <Gradient node={node} operation={operation} />
      {isModule && <ParameterFields node={node} problems={problems} />}
      <section aria-label="Values and gradients" className="fields">
        <h3 className="inspector-heading">Values and gradients</h3>
        <NodeFigures id={node.id} />
      </section>
      {owned.map((leaf) => (
        <Ledger key={leaf} leaf={leaf} />
      ))}
      {operation && (
        <>
          {(operation.kind === "function" || operation.kind === "method") && (
            <Suspense>
              <NodeDerivative node={node} operation={operation} />
            </Suspense>
          )}
          <DocumentationFold operation={node.op} />
        </>
      )}
    </>
  );
}

const NONE: readonly Problem[] = [];
const NO_LEAVES: readonly string[] = [];

function Head({ node }: { readonly node: NodeView }): ReactNode {
  const { document } = useEditor();
  const [draft, setDraft] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const isDropped = useRef(false);
  const commit = (): void => {
    if (draft === null) return;
    const refused = rename(document, node.uid, draft.trim());
    setRefusal(refused);
    if (refused === null) setDraft(null);
  };
  return (
    <div>
      <div className="inspector-head">
        <input
          ref={field}
          className="inspector-id"
          aria-label="Name"
          data-edit="id"
          title="The node’s name: a variable in the exported code (F2)"
          size={Math.max(3, (draft ?? node.id).length)}
          value={draft ?? node.id}
          data-draft={draft !== null}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={refusal !== null}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={() => {
            if (!isDropped.current) commit();
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter") commit();
            // What is typed next is another name, not an end to this one.
            if (event.key === "Enter" || event.key === "F2") event.currentTarget.select();
            if (event.key !== "Escape") return;
            setDraft(null);
            setRefusal(null);
            // The canvas takes the focus at once, while the field still holds what was typed.
            isDropped.current = true;
            focusCanvas();
            isDropped.current = false;
          }}
        />
        <span className="inspector-op" title={node.op}>
          {node.op.replace("torch.nn.functional.", "F.")}
        </span>
      </div>
      {refusal && (
        <p className="field-note" role="alert">
          {refusal}
        </p>
      )}
    </div>
  );
}

function Arguments({
  node,
  operation,
}: {
  readonly node: NodeView;
  readonly operation: Operation;
}): ReactNode {
  const snapshot = useSnapshot();
  const [wished, setWished] = useState<number | null>(null);
  const chosen = chooseOverload(operation, node);
  const shown = wished === null ? chosen : (operation.overloads[wished] ?? chosen);
  const all = wished === null ? argumentsOf(operation, node, snapshot) : shown.arguments;
  const extra = strays(node, all);
  return (
    <section className="fields" aria-label="Arguments">
      {operation.overloads.length > 1 && operation.name !== DATA && (
        <OverloadChoice node={node} operation={operation} shown={shown} onChoose={setWished} />
      )}
      {all
        .filter((argument) => argument.fixed === null)
        .map((argument) => (
          <NodeArgumentField key={argument.name} node={node} argument={argument} />
        ))}
      {extra.map((name) => (
        <Stray key={name} node={node} name={name} />
      ))}
    </section>
  );
}

interface OverloadProps {
  readonly node: NodeView;
  readonly operation: Operation;
  readonly shown: Overload;
  readonly onChoose: (index: number) => void;
}

/** Ways of calling the operation; choosing one takes away the arguments that it lacks. */
function OverloadChoice({ node, operation, shown, onChoose }: OverloadProps): ReactNode {
  const { document } = useEditor();
  const choose = (index: number): void => {
    const overload = operation.overloads[index];
    if (!overload) return;
    const names = new Set(overload.arguments.map((argument) => argument.name));
    document.asOneStep(() => {
      for (const name of node.args.keys()) if (!names.has(name)) setArgument(document, node.uid, name, null);
      for (const { name, fixed } of overload.arguments)
        if (fixed) setArgument(document, node.uid, name, fixed);
    });
    onChoose(index);
  };
  return (
    <ChoiceField
      label="called with"
      value={String(operation.overloads.indexOf(shown))}
      choices={operation.overloads.map((overload, index) => [String(index), signature(overload)] as const)}
      onChoose={(index) => choose(Number(index))}
    />
  );
}

function signature(overload: Overload): string {
  return overload.arguments
    .filter((argument) => argument.required || overload.arguments.length < 4)
    .map((argument) => (argument.fixed ? `${argument.name}=${argument.fixed}` : argument.name))
    .join(", ");
}

/** Arguments that stand in the file but that the operation does not take. */
function strays(node: NodeView, known: readonly Argument[]): string[] {
  const names = new Set(known.map((argument) => argument.name));
  return [...node.args.keys(), ...node.inputs.map((input) => input.argument)].filter(
    (name) => !names.has(name),
  );
}

function Stray({ node, name }: { readonly node: NodeView; readonly name: string }): ReactNode {
  const { document } = useEditor();
  return (
    <TextField
      label={name}
      title={`${node.op} does not take ${name} this way: empty the field to take it away`}
      value={node.args.get(name) ?? "wired"}
      onCommit={(text) => {
        if (text.trim() !== "") return `${name} is not taken this way: empty the field to take it away.`;
        document.transact((roots) => {
          const fields = roots.nodes.get(node.uid);
          for (const part of ["args", "inputs"])
            (fields?.get(part) as Map<string, string> | undefined)?.delete(name);
        });
        return null;
      }}
    />
  );
}

function UnknownArguments({ node }: { readonly node: NodeView }): ReactNode {
  const state = useCatalog((catalog) => catalog.state);
  if (state === "loading") return <p className="dim">Reading PyTorch’s operations…</p>;
  return (
    <section className="fields" aria-label="Arguments">
      {strays(node, []).map((name) => (
        <Stray key={name} node={node} name={name} />
      ))}
    </section>
  );
}

interface GradientProps {
  readonly node: NodeView;
  readonly operation: Operation | undefined;
}

/** How the node takes part: `requires_grad`, `mode`, `bypass`, whether it is the loss, its label. */
function Gradient({ node, operation }: GradientProps): ReactNode {
  const { document } = useEditor();
  const isLoss = useDocument((snapshot) => snapshot.train.loss?.uid === node.uid);
  const kind = operation?.kind;
  const isModule = kind === "module";
  const set = (key: string, literal: string | null): void => setField(document, [node.uid], key, literal);
  const trains = isModule ? node.requiresGrad !== false : node.requiresGrad === true;
  return (
    <section className="fields" aria-label="Part in the graph">
      {(kind === "source" || isModule || node.requiresGrad !== null) && (
        <SwitchField
          label="requires_grad"
          on={trains}
          title="Whether gradients are collected here"
          onChange={(on) => set("requires_grad", isModule ? (on ? null : "false") : on ? "true" : null)}
        />
      )}
      {isModule && (
        <ChoiceField
          label="mode"
          value={node.mode ?? "train"}
          choices={[
            ["train", "train"],
            ["eval", "eval"],
          ]}
          onChoose={(mode) => set("mode", mode === "train" ? null : '"eval"')}
        />
      )}
      {(isModule || trains || node.other.has("group")) && <GroupField node={node} />}
      {kind !== "source" && (
        <SwitchField
          label="is the loss"
          on={isLoss}
          title="Gradients flow back from the loss"
          onChange={(on) => setLoss(document, on ? { uid: node.uid, output: null } : null)}
        />
      )}
      {node.inputs.length > 0 && (
        <SwitchField
          label="bypass"
          on={node.bypass}
          title="Pass on the first wired tensor unchanged (Ctrl+B)"
          onChange={(on) => set("bypass", on ? "true" : null)}
        />
      )}
      <TextField
        label="label"
        value={node.label ?? ""}
        placeholder={node.id}
        onCommit={(text) => {
          set("label", text.trim() === "" ? null : JSON.stringify(text.trim()));
          return null;
        }}
      />
    </section>
  );
}
