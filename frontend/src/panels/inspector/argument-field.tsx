/** The right field for every type of argument. What is typed becomes a literal, what is chosen from nodes a wire. */
import { type ReactNode, useRef } from "react";
import { readArgument, showArgument, showDefault } from "../../arguments/argument-text";
import { describe } from "../../catalog/sockets";
import type { Argument } from "../../catalog/types";
import { setArgument } from "../../document/commands";
import type { GraphDocument } from "../../document/graph-document";
import type { NodeView } from "../../document/types";
import { useDocument, useEditor } from "../../editor/editor";
import { ChoiceField, SwitchField } from "./choice-fields";
import { DATA, DataSourceField } from "./data-source-field";
import { TensorField } from "./tensor-field";
import { TextField } from "./text-field";
import { drawByName, WireField } from "./wire-field";

interface Props {
  readonly argument: Argument;
  /** The literal that stands, if any. */
  readonly literal: string | undefined;
  /** Puts a literal (null: none); calls with one `merge` key are one undo step. */
  readonly onSet: (literal: string | null, merge?: string) => void;
  /** Names of nodes that may be typed where a wire may end. */
  readonly onName?: (text: string) => boolean;
  /** Tells apart the undo steps of different fields. */
  readonly scope: string;
}

/** An argument of a node: a wire's source, a value, or both. */
export function NodeArgumentField({
  node,
  argument,
}: {
  readonly node: NodeView;
  readonly argument: Argument;
}): ReactNode {
  const { document } = useEditor();
  if (node.op === DATA && argument.name === "source") return <DataSourceField node={node} />;
  const wired = node.inputs.some((input) => input.argument === argument.name);
  if (argument.wired && (wired || !argument.typed)) return <WireField node={node} argument={argument} />;
  return (
    <ArgumentField
      argument={argument}
      literal={node.args.get(argument.name)}
      scope={node.uid}
      onSet={(literal, merge) => setArgument(document, node.uid, argument.name, literal, merge ?? null)}
      {...(argument.wired
        ? { onName: (text: string) => drawByName(document, node.uid, argument, text) }
        : {})}
    />
  );
}

/** A typed argument: of a node, or of the optimiser. */
export function ArgumentField(props: Props): ReactNode {
  const { argument, literal, onSet } = props;
  const title = titleOf(argument);
  if (argument.type === "bool") {
    const on = (literal ?? argument.default) === "true";
    return (
      <SwitchField
        label={argument.name}
        on={on}
        isDefault={literal === undefined}
        title={title}
        onChange={(now) => onSet(switched(argument, now))}
      />
    );
  }
  if (argument.type === "choice" || argument.type === "dtype") return <Chosen {...props} />;
  if (argument.type === "function") return <FunctionName {...props} />;
  if (argument.type === "data") return <TensorField argument={argument} literal={literal} onSet={onSet} />;
  return <Typed {...props} title={title} />;
}

/** What is PyTorch's default anyway is not written; off means None where that is the default. */
function switched(argument: Argument, now: boolean): string | null {
  if (argument.required) return String(now);
  const unwritten = String(now) === argument.default || (!now && argument.default === "null");
  return unwritten ? null : String(now);
}

/** Types whose half-typed text already means something, so that gradients follow every key. */
const LIVE: ReadonlySet<Argument["type"]> = new Set(["number", "float", "int"]);

/** Types whose text is a table or a list of them. */
const LINES: Readonly<Partial<Record<Argument["type"], number>>> = { map: 3, schedulers: 5 };

function Typed({
  argument,
  literal,
  onSet,
  onName,
  scope,
  title,
}: Props & { readonly title: string }): ReactNode {
  const merge = `${scope} ${argument.name}`;
  const { document } = useEditor();
  const take = (text: string): string | null => {
    if (text === showArgument(argument.type, literal)) return end(document);
    const reading = readArgument(argument, text);
    if (reading.literal === undefined) return onName?.(text) ? null : reading.refusal;
    onSet(reading.literal, merge);
    return end(document);
  };
  // What stood there when the typing began, which is one undo step however long it takes; null: nothing was changed.
  const before = useRef<{ readonly literal: string | null } | null>(null);
  const typing = (text: string, first: boolean): void => {
    if (first) {
      before.current = null;
      document.beginStep(merge);
    }
    const reading = readArgument(argument, text);
    if (typeof reading.literal !== "string" || reading.literal === literal) return;
    before.current ??= { literal: literal ?? null };
    onSet(reading.literal, merge);
  };
  const cancel = (): void => {
    if (before.current && !document.undoStep(merge)) onSet(before.current.literal);
  };
  return (
    <TextField
      label={argument.name}
      value={showArgument(argument.type, literal)}
      placeholder={showDefault(argument)}
      required={argument.required}
      title={title}
      lines={LINES[argument.type] ?? 1}
      {...(onName ? { list: "node-names" } : {})}
      {...(LIVE.has(argument.type) ? { onTyping: typing, onCancel: cancel } : {})}
      onCommit={take}
    />
  );
}

function end(document: GraphDocument): null {
  document.endStep();
  return null;
}

const DTYPES = [
  "float32",
  "float64",
  "float16",
  "bfloat16",
  "int64",
  "int32",
  "int16",
  "int8",
  "uint8",
  "bool",
  "complex64",
  "complex128",
];

function Chosen({ argument, literal, onSet }: Props): ReactNode {
  const value = showArgument(argument.type, literal);
  const names = argument.type === "dtype" && argument.choices.length === 0 ? DTYPES : argument.choices;
  const known = value === "" || value === "None" || names.includes(value) ? names : [...names, value];
  const fallback =
    argument.default === null || argument.default === "null" ? "default" : showDefault(argument);
  const choices = known.map((name) => [name, name] as const);
  return (
    <ChoiceField
      label={argument.name}
      value={value === "None" ? "" : value}
      required={argument.required}
      title={titleOf(argument)}
      choices={argument.required ? choices : [["", fallback], ...choices]}
      onChoose={(name) => onSet(name === "" ? null : JSON.stringify(name))}
    />
  );
}

function FunctionName({ argument, literal, onSet }: Props): ReactNode {
  const functions = useDocument((snapshot) => snapshot.functions);
  const value = showArgument("function", literal);
  const names = functions.map((found) => found.name);
  if (value !== "" && !names.includes(value)) names.push(value);
  return (
    <ChoiceField
      label={argument.name}
      value={value}
      required={argument.required}
      choices={[["", "none"], ...names.map((name) => [name, name] as const)]}
      onChoose={(name) => onSet(name === "" ? null : JSON.stringify(name))}
    />
  );
}

function titleOf(argument: Argument): string {
  const parts = [`${argument.name}: ${describe(argument)}`];
  if (argument.wired && argument.typed) parts.push("typed, or the name of a node");
  if (argument.nullable) parts.push("None may stand");
  if (argument.default !== null) parts.push(`by default ${showDefault(argument)}`);
  return parts.join("; ");
}
