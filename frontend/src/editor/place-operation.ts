/** Places an operation on the canvas, wired to what it was looked for with, as one edit. */
import { inputSockets, outputSockets, refusalOfWire } from "../catalog/sockets";
import { startersOf } from "../catalog/starters";
import type { Catalog, Operation } from "../catalog/types";
import { addNode, connect } from "../document/commands";
import type { GraphDocument } from "../document/graph-document";
import type { Point } from "../document/types";
import { useView, type WireEnd } from "../view/view-store";

/** Adds a node of this operation, wires its first fitting socket to `wire`, selects it and returns its uid; `words` found it. */
export function placeOperation(
  document: GraphDocument,
  catalog: Catalog,
  operation: string,
  at: Point,
  wire: WireEnd | null = null,
  words = "",
): string {
  const known = catalog.operations.get(operation);
  const uid = document.asOneStep(() => {
    const made = addNode(document, { op: operation, at, args: known ? startersOf(known, words) : {} });
    if (wire && known) attach(document, catalog, known, made, wire);
    return made;
  });
  useView.getState().select([uid]);
  return uid;
}

function attach(
  document: GraphDocument,
  catalog: Catalog,
  operation: Operation,
  uid: string,
  wire: WireEnd,
): void {
  const snapshot = document.getSnapshot();
  const node = snapshot.byUid.get(uid);
  const other = snapshot.byUid.get(wire.uid);
  if (!node || !other) return;
  if (wire.side === "output") {
    const socket = inputSockets(operation, node, snapshot)[0];
    if (socket) connect(document, { source: wire.uid, output: wire.output, target: uid, ...socket });
    return;
  }
  const argument = wire.argument ?? "";
  if (refusalOfWire(catalog, snapshot, uid, wire.uid, argument) !== null) return;
  const theirs = catalog.operations.get(other.op);
  const list =
    inputSockets(theirs, other, snapshot).find((socket) => socket.argument === argument)?.list ?? false;
  const output = outputSockets(operation, node, snapshot)[0]?.output ?? null;
  connect(document, { source: uid, output, target: wire.uid, argument, list });
}

/** Whether a new node of this operation could take, or give, the wire at all. */
export function operationFits(operation: Operation, wire: WireEnd | null): boolean {
  if (wire === null) return true;
  if (wire.side === "input") return operation.overloads.some((overload) => overload.outputs.length > 0);
  return operation.overloads.some((overload) => overload.arguments.some((argument) => argument.wired));
}
