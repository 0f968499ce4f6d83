/** What every part of the page works with: the document, the run, the wire. Components get it from `useEditor`. */
import { createContext, useContext, useSyncExternalStore } from "react";
import type { GraphDocument } from "../document/graph-document";
import type { Snapshot } from "../document/types";
import type { Run } from "../run/run-store";
import type { Query, Verb } from "../wire/messages";

/** What the page can ask of the server, whatever carries it. */
export interface Wire {
  readonly graph: string;
  /** Runs a verb; a refusal is announced and gives false. */
  command(verb: Verb): Promise<boolean>;
  /** Asks the worker; a refusal is thrown as an `Error` with its message. */
  query<T>(query: Query): Promise<T>;
  /** Sends the edits that the server refused once more. */
  saveAgain(): void;
}

/** The parts of one open graph. */
export interface Editor {
  readonly document: GraphDocument;
  readonly run: Run;
  readonly wire: Wire;
}

const EditorContext = createContext<Editor | null>(null);

/** Gives the parts of the open graph to what stands inside. */
export const EditorProvider = EditorContext.Provider;

/** The parts of the open graph. */
export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (editor === null) throw new Error("useEditor stands outside of EditorProvider");
  return editor;
}

/** The graph as it is now; renders again after every edit, which leaves for the server first. */
export function useSnapshot(): Snapshot {
  const { document } = useEditor();
  return useSyncExternalStore(document.subscribeSoon, document.getSnapshot);
}

/** One part of the graph; renders again only when that part is another object. */
export function useDocument<T>(select: (snapshot: Snapshot) => T): T {
  const { document } = useEditor();
  return useSyncExternalStore(document.subscribeSoon, () => select(document.getSnapshot()));
}
