/** Commands on what the training loop is fed with, limits and measures: mini-batches, validation, clipping, metrics. */

import { editTrain } from "./graph-commands";
import type { GraphDocument } from "./graph-document";
import {
  ensureMap,
  type Fields,
  mapField,
  pointerTo,
  readPointer,
  textEntries,
  writePointers,
} from "./yjs-form";

/** An output of a node; null is its first. */
export interface Output {
  readonly uid: string;
  readonly output: string | null;
}

/** Cuts sources into mini-batches of so many rows (null: not at all). Where none is chosen yet, `of` are. */
export function setBatchSize(
  document: GraphDocument,
  literal: string | null,
  of: readonly Output[],
  merge: string | null = null,
): void {
  const change = (train: Fields): void => {
    if (literal === null) {
      train.delete("batch");
      return;
    }
    const batch = ensureMap(train, "batch");
    batch.set("size", literal);
    if (!batch.has("of")) batch.set("of", writeOutputs(of));
  };
  editTrain(document, change, merge);
}

/** Chooses which sources are cut. */
export function setBatchSources(document: GraphDocument, of: readonly Output[]): void {
  editTrain(document, (train) => ensureMap(train, "batch").set("of", writeOutputs(of)));
}

/** Draws the rows of each epoch in another order, or leaves them as they are. */
export function setShuffle(document: GraphDocument, on: boolean): void {
  editTrain(document, (train) => {
    const batch = ensureMap(train, "batch");
    if (on) batch.set("shuffle", "true");
    else batch.delete("shuffle");
  });
}

/** Lets another source stand in the place of one at the end of each epoch (null: itself again). */
export function setReplacement(document: GraphDocument, source: Output, by: Output | null): void {
  editTrain(document, (train) => {
    const validation = ensureMap(train, "validation");
    for (const [key] of textEntries(validation)) if (isSame(readPointer(key), source)) validation.delete(key);
    if (by !== null) validation.set(pointerTo(source.uid, source.output), `=${pointerTo(by.uid, by.output)}`);
    else if (validation.size === 0) train.delete("validation");
  });
}

/** Limits the gradients before an update: their norm, or each value (null: not at all). */
export function setClip(document: GraphDocument, by: "norm" | "value", literal: string | null): void {
  editTrain(document, (train) => {
    if (literal === null) train.delete("clip");
    else train.set("clip", `{"${by}": ${literal}}`);
  });
}

/** Records an output under a name in every step (null: no longer). */
export function setMetric(document: GraphDocument, name: string, of: Output | null): void {
  editTrain(document, (train) => {
    const metrics = ensureMap(train, "metrics");
    if (of !== null) metrics.set(name, pointerTo(of.uid, of.output));
    else metrics.delete(name);
    if (metrics.size === 0) train.delete("metrics");
  });
}

/** Gives a metric another name; false where one of that name is there, or it is empty. */
export function renameMetric(document: GraphDocument, name: string, now: string): boolean {
  if (name === now) return true;
  const known = document.getSnapshot().train.metrics;
  if (now === "" || known.has(now)) return false;
  editTrain(document, (train) => {
    const metrics = mapField(train, "metrics");
    const stored = metrics?.get(name);
    if (stored === undefined) return;
    metrics?.set(now, stored);
    metrics?.delete(name);
  });
  return true;
}

function isSame(
  one: { readonly uid: string | null; readonly output: string | null },
  other: Output,
): boolean {
  return one.uid === other.uid && one.output === other.output;
}

function writeOutputs(of: readonly Output[]): string {
  return writePointers(of.map(({ uid, output }) => pointerTo(uid, output)));
}
