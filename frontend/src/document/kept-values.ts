/** The values that a graph file keeps: written and removed only when a person asks for it. */
import type { GraphDocument } from "./graph-document";

/** Keeps values (a data URL, null: none) in the document; a run begins with them. */
export function setKeptValues(document: GraphDocument, state: string | null): void {
  document.transact((roots) => {
    if (state === null) roots.graph.delete("state");
    else roots.graph.set("state", JSON.stringify(state));
  });
}

/** How many bytes the values take in base64's stead; null where none are kept. */
export function keptBytes(literal: string | undefined): number | null {
  if (literal === undefined) return null;
  const at = literal.indexOf(",");
  return Math.max(0, Math.floor(((literal.length - at - 2) * 3) / 4));
}
