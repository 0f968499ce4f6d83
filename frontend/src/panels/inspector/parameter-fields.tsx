/** The parameters of a module one by one, folded until one is told apart: whether it is frozen, how it is filled. */
import type { ReactNode } from "react";
import { setInit, setInitArgument, setParameterRequiresGrad } from "../../document/commands";
import type { NodeView } from "../../document/types";
import { frozenOf, initsOf } from "../../document/update-views";
import { useEditor } from "../../editor/editor";
import { useRun } from "../../run/run-store";
import type { ParameterRow } from "../../wire/messages.generated";
import { CallChoice, CallFields } from "./call-fields";
import { SwitchField } from "./choice-fields";
import { Fold } from "./fold";

/** Every parameter that the newest evaluation found or the file names. */
export function ParameterFields({ node }: { readonly node: NodeView }): ReactNode {
  const rows = useRun((run) => run.layout?.layout.parameters ?? NONE);
  const found = rows.filter(({ ref }) => ref.startsWith(`${node.id}.`));
  const shapes = new Map(found.map(({ ref, shape }) => [ref.slice(node.id.length + 1), shape]));
  const inits = initsOf(node);
  const frozen = frozenOf(node, [...shapes.keys()]);
  const names = [...new Set([...shapes.keys(), ...inits.keys(), ...frozen])];
  if (names.length === 0 || node.share !== null) return null;
  const isUsed = inits.size > 0 || node.other.has("requires_grad");
  return (
    <Fold heading="Parameters" isUsed={isUsed}>
      {names.map((name) => (
        <Parameter
          key={name}
          node={node}
          name={name}
          shape={shapes.get(name)}
          names={[...shapes.keys()]}
          isFrozen={frozen.has(name)}
        />
      ))}
    </Fold>
  );
}

const NONE: readonly ParameterRow[] = [];

interface Props {
  readonly node: NodeView;
  readonly name: string;
  readonly shape: readonly number[] | undefined;
  readonly names: readonly string[];
  readonly isFrozen: boolean;
}

function Parameter({ node, name, shape, names, isFrozen }: Props): ReactNode {
  const { document } = useEditor();
  const init = initsOf(node).get(name) ?? null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a border and a legend of its own
    <div className="fields parameter" role="group" aria-label={`Parameter ${name}`}>
      <p className="parameter-head">
        <b>{name}</b> <span className="faint">{shape?.join("×")}</span>
      </p>
      <SwitchField
        label={`requires_grad of ${name}`}
        on={!isFrozen}
        title="Whether this parameter collects a gradient and is trained"
        onChange={(on) => setParameterRequiresGrad(document, node.uid, name, on, names)}
      />
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
          at={`/nodes/${node.id}/init/${name}`}
          problems={[]}
          scope={`init ${node.uid} ${name}`}
          onSet={(argument, literal, merge) =>
            setInitArgument(document, node.uid, name, argument, literal, merge)
          }
        />
      )}
    </div>
  );
}
