/** The field of an argument that takes a wire: which node it comes from, chosen from those that fit. */
import { type ReactNode, useId, useState } from "react";
import { reachableFrom } from "../../catalog/sockets";
import type { Argument } from "../../catalog/types";
import { connect, cutEdge } from "../../document/commands";
import type { NodeView, ReferenceView, Snapshot } from "../../document/types";
import { useEditor, useSnapshot } from "../../editor/editor";
import { FieldLabel } from "./field-label";
import { type OutputChoice, outputsOf } from "./output-choices";

/** One labelled choice of a source, or for a list of tensors one for each and one to add. */
export function WireField({
  node,
  argument,
}: {
  readonly node: NodeView;
  readonly argument: Argument;
}): ReactNode {
  const input = node.inputs.find((found) => found.argument === argument.name);
  const refs = input?.refs ?? [];
  if (argument.type !== "tensors")
    return <Source node={node} argument={argument} at={refs[0] ?? null} index={null} />;
  return (
    <div className="field-wires">
      {refs.map((ref, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a tensor's place in the list is what it is
        <Source key={index} node={node} argument={argument} at={ref} index={index} />
      ))}
      <Source node={node} argument={argument} at={null} index={refs.length} />
    </div>
  );
}

interface SourceProps {
  readonly node: NodeView;
  readonly argument: Argument;
  readonly at: ReferenceView | null;
  readonly index: number | null;
}

function Source({ node, argument, at, index }: SourceProps): ReactNode {
  const { document } = useEditor();
  const snapshot = useSnapshot();
  const [opened, setOpened] = useState(false);
  const id = useId();
  const choices = opened ? sourcesFor(snapshot, node) : [];
  const value = at?.text ?? "";
  const name = index === null || index === 0 ? argument.name : `${argument.name} ${index + 1}`;
  const choose = (text: string): void => {
    if (text === "") {
      const edge = snapshot.edges.find(
        (found) => found.target === node.uid && found.argument === argument.name && found.index === index,
      );
      if (edge) cutEdge(document, edge);
      return;
    }
    const chosen = choices.find((choice) => choice.text === text);
    if (!chosen) return;
    const { uid: source, output } = chosen;
    connect(document, {
      source,
      output,
      target: node.uid,
      argument: argument.name,
      list: index !== null,
      index,
    });
  };
  return (
    <div className="field-row" data-required={argument.required}>
      <FieldLabel id={id} name={name} />
      <select
        id={id}
        className="field"
        value={value}
        aria-invalid={at !== null && at.uid === null}
        onFocus={() => setOpened(true)}
        onPointerDown={() => setOpened(true)}
        onChange={(event) => choose(event.target.value)}
      >
        <option value="">{at ? (argument.typed ? "type a value" : "cut the wire") : "not wired"}</option>
        {at && !choices.some((choice) => choice.text === value) && <option value={value}>{value}</option>}
        {choices.map((choice) => (
          <option key={choice.text} value={choice.text}>
            {choice.text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Every output that does not depend on the node. */
function sourcesFor(snapshot: Snapshot, node: NodeView): OutputChoice[] {
  const after = reachableFrom(snapshot, node.uid);
  return snapshot.nodes
    .filter((other) => !after.has(other.uid))
    .flatMap((other) => outputsOf(snapshot, other));
}

/** Draws a wire to an argument from a node that is called by name; false where none fits. */
export function drawByName(
  document: ReturnType<typeof useEditor>["document"],
  target: string,
  argument: Argument,
  text: string,
): boolean {
  const snapshot = document.getSnapshot();
  const node = snapshot.byUid.get(target);
  const chosen = node && sourcesFor(snapshot, node).find((choice) => choice.text === text.trim());
  if (!chosen) return false;
  const { uid: source, output } = chosen;
  connect(document, { source, output, target, argument: argument.name, list: argument.type === "tensors" });
  return true;
}
