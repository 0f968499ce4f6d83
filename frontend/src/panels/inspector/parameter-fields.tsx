/** The parameters of a module one by one, folded until one is told apart: whether it is frozen, how it is filled. */
import type { ReactNode } from "react";
import { setInit, setInitArgument, setParameterRequiresGrad } from "../../document/commands";
import type { NodeView } from "../../document/types";
import { frozenOf, initsOf, tableOf } from "../../document/update-views";
import { useEditor } from "../../editor/editor";
import { useRun } from "../../run/run-store";
import type { ParameterRow, Problem } from "../../wire/messages";
import { CallChoice, CallFields } from "./call-fields";
import { SwitchField } from "./choice-fields";
import { Fold } from "./fold";
import { ProblemNotes } from "./problem-notes";
import { pointerPart, problemsAt, problemsBeside } from "./problem-places";

/** What stands here, as JSON pointers: problems of it are told here. */
export function parameterPlaces(node: NodeView): readonly string[] {
  const at = `/nodes/${pointerPart(node.id)}`;
  return node.share === null ? [`${at}/init`, `${at}/requires_grad`] : [];
}

/** Every parameter that the newest evaluation found or the file names. */
export function ParameterFields({ node, problems }: OfNode): ReactNode {
  const rows = useRun((run) => run.layout?.layout.parameters ?? NONE);
  const found = rows.filter(({ ref }) => ref.startsWith(`${node.id}.`));
  const shapes = new Map(found.map(({ ref, shape }) => [ref.slice(node.id.length + 1), shape]));
  const inits = initsOf(node);
  const told = Object.keys(tableOf(node.other.get("requires_grad")));
  const names = [...new Set([...shapes.keys(), ...inits.keys(), ...told])];
  const places = parameterPlaces(node);
  if (names.length === 0 || places.length === 0)
    return <ProblemNotes problems={places.flatMap((place) => problemsAt(problems, place))} />;
  const frozen = frozenOf(node, [...shapes.keys()]);
  const ofNames = names.flatMap((name) => places.map((place) => `${place}/${pointerPart(name)}`));
  const others = problemsBeside(
    places.flatMap((place) => problemsAt(problems, place)),
    ofNames,
  );
  return (
    <Fold heading="Parameters" isUsed={inits.size > 0 || told.length > 0 || others.length > 0}>
      <ProblemNotes problems={others} />
      {names.map((name) => (
        <Parameter
          key={name}
          node={node}
          name={name}
          shape={shapes.get(name)}
          names={[...shapes.keys()]}
          isFrozen={shapes.has(name) || told.includes(name) ? frozen.has(name) : null}
          problems={problems}
        />
      ))}
    </Fold>
  );
}

interface OfNode {
  readonly node: NodeView;
  /** All of the node. */
  readonly problems: readonly Problem[];
}

const NONE: readonly ParameterRow[] = [];

interface Props extends OfNode {
  readonly name: string;
  readonly shape: readonly number[] | undefined;
  readonly names: readonly string[];
  /** Null where that is not known before the module is made. */
  readonly isFrozen: boolean | null;
}

function Parameter({ node, name, shape, names, isFrozen, problems }: Props): ReactNode {
  const { document } = useEditor();
  const init = initsOf(node).get(name) ?? null;
  const at = `/nodes/${pointerPart(node.id)}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a border and a legend of its own
    <div className="fields parameter" role="group" aria-label={`Parameter ${name}`}>
      <p className="parameter-head">
        <b>{name}</b> <span className="faint">{shape?.join("×")}</span>
      </p>
      {isFrozen !== null && (
        <SwitchField
          label={`requires_grad of ${name}`}
          on={!isFrozen}
          title="Whether this parameter collects a gradient and is trained"
          onChange={(on) => setParameterRequiresGrad(document, node.uid, name, on, names)}
        />
      )}
      <ProblemNotes problems={problemsAt(problems, `${at}/requires_grad/${pointerPart(name)}`)} />
      <CallChoice
        label={`init of ${name}`}
        kind="init"
        call={init}
        none="default"
        title="What fills it when the module is made: a function of torch.nn.init; by default as the module does it itself"
        onChoose={(op, keeps, starts) => setInit(document, node.uid, name, op, keeps, starts)}
      />
      {init && (
        <CallFields
          call={init}
          at={`${at}/init/${pointerPart(name)}`}
          problems={problems}
          scope={`init ${node.uid} ${name}`}
          onSet={(argument, literal, merge) =>
            setInitArgument(document, node.uid, name, argument, literal, merge)
          }
        />
      )}
    </div>
  );
}
