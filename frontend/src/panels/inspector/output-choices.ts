/** Outputs of nodes as a person chooses them from a list. Knows nothing of React. */
import { useCatalog } from "../../catalog/catalog-store";
import { outputSockets } from "../../catalog/sockets";
import type { Output } from "../../document/commands";
import type { NodeView, Snapshot } from "../../document/types";
import { upstream } from "../../document/upstream";
import { type IndexedLayout, useRun } from "../../run/run-store";

/** One output and its reference. */
export interface OutputChoice extends Output {
  readonly text: string;
}

/** A node's outputs, those that only the newest evaluation found too. */
export function outputsOf(snapshot: Snapshot, node: NodeView): OutputChoice[] {
  const { catalog } = useCatalog.getState();
  const { layout } = useRun.getState();
  const known = layout?.layout.data[node.id] ?? evaluated(layout, node.id);
  return outputSockets(catalog.operations.get(node.op), node, snapshot, known).map(({ output }) => ({
    uid: node.uid,
    output,
    text: output === null ? node.id : `${node.id}.${output}`,
  }));
}

/** The outputs that the newest evaluation found; a module's parameters stand among them. */
function evaluated(layout: IndexedLayout | null, id: string): string[] {
  const rows = layout?.nodeRows.get(id) ?? [];
  return rows.map((row) => layout?.layout.outputs[row]?.output ?? "0");
}

/** Every output of every source that is data: it collects no gradient. */
export function dataOutputs(snapshot: Snapshot): OutputChoice[] {
  return snapshot.nodes.filter(isData).flatMap((node) => outputsOf(snapshot, node));
}

/** Those of them from which something flows into the loss or a metric. */
export function fedOutputs(snapshot: Snapshot): OutputChoice[] {
  const { loss, metrics } = snapshot.train;
  const ends = [loss, ...metrics.values()].flatMap((end) => end?.uid ?? []);
  const before = new Set(ends.flatMap((end) => upstream(snapshot, end).map((node) => node.uid)));
  const used = new Set(snapshot.edges.map((edge) => `${edge.source} ${edge.output ?? ""}`));
  return dataOutputs(snapshot).filter(
    ({ uid, output }) => before.has(uid) && used.has(`${uid} ${output ?? ""}`),
  );
}

function isData(node: NodeView): boolean {
  const operation = useCatalog.getState().catalog.operations.get(node.op);
  const isSource = operation ? operation.kind === "source" : node.inputs.length === 0;
  return isSource && node.inputs.length === 0 && node.requiresGrad !== true;
}

/** How many rows an output had when it was evaluated last: its first dimension; null where it has none. */
export function rowsOf(text: string): number | null {
  const { layout } = useRun.getState();
  const row = layout?.outputRow.get(text);
  return row === undefined ? null : (layout?.layout.outputs[row]?.shape[0] ?? null);
}

/** Whether an output had one element, or was never evaluated. */
export function isOneElement(text: string): boolean {
  const { layout } = useRun.getState();
  const row = layout?.outputRow.get(text);
  const shape = row === undefined ? null : layout?.layout.outputs[row]?.shape;
  return !shape || shape.every((size) => size === 1);
}

/** Of these outputs the ones that have as many rows as most of them: those are cut into batches together. What was not
evaluated yet goes with the other columns of its node. */
export function alike(outputs: readonly OutputChoice[]): OutputChoice[] {
  const counted = new Map<number, OutputChoice[]>();
  for (const output of outputs) {
    const rows = rowsOf(output.text);
    if (rows !== null && rows > 1) counted.set(rows, [...(counted.get(rows) ?? []), output]);
  }
  const most = [...counted.values()].reduce((best, group) => (group.length > best.length ? group : best), []);
  const nodes = new Set(most.map(({ uid }) => uid));
  return outputs.filter(
    (output) => most.includes(output) || (rowsOf(output.text) === null && nodes.has(output.uid)),
  );
}
