/** Commands on the graph as a whole: title, seed, device, the training loop, frames. */
import * as Y from "yjs";
import type { GraphDocument } from "./graph-document";
import { pairLiteral } from "./node-commands";
import { keysAfter } from "./order-keys";
import type { Point } from "./types";
import { ensureMap, type Fields, mapField, newUid, pointerTo } from "./yjs-form";

/** Sets (or with null removes) a field of the graph: `title`, `notes`, `seed`, `device`. */
export function setGraphField(
  document: GraphDocument,
  key: "title" | "notes" | "seed" | "device",
  literal: string | null,
  merge: string | null = null,
): void {
  document.transact((roots) => {
    if (literal === null) roots.graph.delete(key);
    else roots.graph.set(key, literal);
  }, merge);
}

/** Makes an output the loss (null: none). */
export function setLoss(
  document: GraphDocument,
  loss: { readonly uid: string; readonly output: string | null } | null,
): void {
  editTrain(document, (train) => {
    if (loss === null) train.delete("loss");
    else train.set("loss", pointerTo(loss.uid, loss.output));
  });
}

/** Sets (or with null removes) the number of steps. */
export function setSteps(document: GraphDocument, literal: string | null, merge: string | null = null): void {
  editTrain(
    document,
    (train) => {
      if (literal === null) train.delete("steps");
      else train.set("steps", literal);
    },
    merge,
  );
}

/** Chooses the optimiser (null: none); arguments of the old one that the new one has too are kept. */
export function setOptimizer(
  document: GraphDocument,
  op: string | null,
  keeps: (argument: string) => boolean,
  starts: Readonly<Record<string, string>> = {},
): void {
  setCall(document, "optimizer", op, keeps, starts);
}

/** Chooses the schedule of the learning rate (null: none); arguments that the new one has too are kept. */
export function setScheduler(
  document: GraphDocument,
  op: string | null,
  keeps: (argument: string) => boolean,
  starts: Readonly<Record<string, string>> = {},
): void {
  setCall(document, "scheduler", op, keeps, starts);
}

function setCall(
  document: GraphDocument,
  key: "optimizer" | "scheduler",
  op: string | null,
  keeps: (argument: string) => boolean,
  starts: Readonly<Record<string, string>>,
): void {
  editTrain(document, (train) => {
    if (op === null) {
      train.delete(key);
      return;
    }
    const call = ensureMap(train, key);
    call.set("op", op);
    const args = ensureMap(call, "args");
    for (const name of [...args.keys()]) if (!keeps(name)) args.delete(name);
    for (const [name, literal] of Object.entries(starts)) if (!args.has(name)) args.set(name, literal);
  });
}

/** Sets (or with null removes) an argument of the optimiser. */
export function setOptimizerArgument(
  document: GraphDocument,
  argument: string,
  literal: string | null,
  merge: string | null = null,
): void {
  setCallArgument(document, "optimizer", argument, literal, merge);
}

/** Sets (or with null removes) an argument of the schedule. */
export function setSchedulerArgument(
  document: GraphDocument,
  argument: string,
  literal: string | null,
  merge: string | null = null,
): void {
  setCallArgument(document, "scheduler", argument, literal, merge);
}

function setCallArgument(
  document: GraphDocument,
  key: "optimizer" | "scheduler",
  argument: string,
  literal: string | null,
  merge: string | null,
): void {
  editTrain(
    document,
    (train) => {
      const call = mapField(train, key);
      if (!call) return;
      const args = ensureMap(call, "args");
      if (literal === null) args.delete(argument);
      else args.set(argument, literal);
    },
    merge,
  );
}

/** Changes what the training loop does, in one step. */
export function editTrain(
  document: GraphDocument,
  change: (train: Fields) => void,
  merge: string | null = null,
): void {
  document.transact(({ train }) => {
    change(train);
    if (train.size > 1) train.delete("present");
  }, merge);
}

/** Draws a box behind nodes and returns its uid. */
export function addFrame(document: GraphDocument, title: string, at: Point, size: Point): string {
  const uid = newUid();
  const [order] = keysAfter(document.getSnapshot().frames, 1);
  document.transact((roots) => {
    const fields: Fields = new Y.Map();
    fields.set("order", order);
    fields.set("title", JSON.stringify(title));
    fields.set("at", pairLiteral(at));
    fields.set("size", pairLiteral(size));
    roots.frames.set(uid, fields);
  });
  return uid;
}

/** Sets (or with null removes) a field of a frame. */
export function setFrameField(
  document: GraphDocument,
  uid: string,
  key: "title" | "at" | "size" | "color",
  literal: string | null,
  merge: string | null = null,
): void {
  document.transact((roots) => {
    const fields = roots.frames.get(uid);
    if (literal === null) fields?.delete(key);
    else fields?.set(key, literal);
  }, merge);
}

/** Removes a frame; the nodes in it stay. */
export function removeFrame(document: GraphDocument, uid: string): void {
  document.transact((roots) => roots.frames.delete(uid));
}
