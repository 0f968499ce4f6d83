/** A callable that is chosen from the catalogue, with a field for each argument: optimiser, schedule, filling. */
import type { ReactNode } from "react";
import { useCatalog } from "../../catalog/catalog-store";
import { chooseOverload } from "../../catalog/sockets";
import { startersOf } from "../../catalog/starters";
import type { Argument, Operation, OperationKind } from "../../catalog/types";
import type { CallView, NodeView } from "../../document/types";
import type { Problem } from "../../wire/messages";
import { ArgumentField } from "./argument-field";
import { ChoiceField } from "./choice-fields";
import { ProblemNotes } from "./problem-notes";
import { pointerPart, problemsAt } from "./problem-places";
import { TextField } from "./text-field";

type Call = Pick<CallView, "op" | "args">;

interface ChoiceProps {
  readonly label: string;
  readonly kind: OperationKind;
  readonly call: Call | null;
  readonly title?: string;
  /** What the empty choice is called. */
  readonly none?: string;
  /** Takes the name (null: none), which arguments it has, and what it begins with. */
  readonly onChoose: (
    op: string | null,
    keeps: (argument: string) => boolean,
    starts: Readonly<Record<string, string>>,
  ) => void;
}

/** The list of all callables of a kind, none first. */
export function CallChoice({ label, kind, call, title, none = "none", onChoose }: ChoiceProps): ReactNode {
  const catalog = useCatalog((state) => state.catalog);
  const names = Array.from(catalog.operations.values())
    .filter((operation) => operation.kind === kind)
    .map((operation) => operation.name);
  if (call && !names.includes(call.op)) names.push(call.op);
  return (
    <ChoiceField
      label={label}
      value={call?.op ?? ""}
      {...(title === undefined ? {} : { title })}
      choices={[["", none], ...names.map((name) => [name, shortName(name)] as const)]}
      onChoose={(op) => {
        const operation = catalog.operations.get(op);
        const taken = new Set(
          operation?.overloads.flatMap((way) => way.arguments.map((argument) => argument.name)),
        );
        const starts = operation ? startersOf(operation) : {};
        onChoose(op === "" ? null : op, (name) => taken.has(name), starts);
      }}
    />
  );
}

/** The last part of a dotted name. */
export function shortName(op: string): string {
  return op.split(".").at(-1) ?? op;
}

interface FieldsProps {
  readonly call: Call;
  /** The JSON pointer of the call. */
  readonly at: string;
  readonly problems: readonly Problem[];
  /** Tells apart the undo steps of different fields. */
  readonly scope: string;
  readonly onSet: (argument: string, literal: string | null, merge: string | null) => void;
}

/** A field for each argument, under it what is wrong with it; problems of the whole come first. */
export function CallFields({ call, at, problems, scope, onSet }: FieldsProps): ReactNode {
  const operation = useCatalog((state) => state.catalog.operations.get(call.op));
  const known = operation ? argumentsOfCall(operation, call) : [];
  const strays = operation
    ? [...call.args.keys()].filter((name) => !known.some((one) => one.name === name))
    : [];
  const names = [...known.map(({ name }) => name), ...strays];
  const pointerOf = (name: string): string => `${at}/args/${pointerPart(name)}`;
  const own = problemsAt(problems, at).filter(
    (problem) => !names.some((name) => problemsAt([problem], pointerOf(name)).length > 0),
  );
  return (
    <>
      <ProblemNotes problems={own} />
      {known.map((argument) => (
        <div key={`${call.op} ${argument.name}`} className="fields">
          <ArgumentField
            argument={argument}
            literal={call.args.get(argument.name)}
            scope={scope}
            onSet={(literal, merge) => onSet(argument.name, literal, merge ?? null)}
          />
          <ProblemNotes problems={problemsAt(problems, pointerOf(argument.name))} />
        </div>
      ))}
      {strays.map((name) => (
        <div key={`${call.op} ${name}`} className="fields">
          <TextField
            label={name}
            title={`${shortName(call.op)} does not take ${name}: empty the field to take it away`}
            value={call.args.get(name) ?? ""}
            onCommit={(text) => {
              if (text.trim() !== "") return `${name} is not taken: empty the field to take it away.`;
              onSet(name, null, null);
              return null;
            }}
          />
          <ProblemNotes problems={problemsAt(problems, pointerOf(name))} />
        </div>
      ))}
    </>
  );
}

/** The arguments of the overload that a call means: it is chosen as a node's is. */
export function argumentsOfCall(operation: Operation, call: Call): readonly Argument[] {
  return chooseOverload(operation, asNode(call)).arguments;
}

function asNode(call: Call): NodeView {
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
