/** Whether the page is connected and its edits are kept, for what shows it. */
import { create } from "zustand";
import type { Standing } from "./outbox";
import { Refused } from "./refused";

/** The state of the connection. */
export interface WireState {
  readonly connection: "connecting" | "online" | "offline" | "refused";
  /** Why the server refused the graph. */
  readonly refusal: string | null;
  /** Where this page's edits are. */
  readonly standing: Standing;
  /** Why the server refused the newest edits; null where it did not. */
  readonly unsaved: Refused | null;
  /** The worker has not answered for a while: it computes something long. */
  readonly busy: boolean;
  /** The first state of the document has come. */
  readonly loaded: boolean;
  /** The file the server was started on, if any. */
  readonly file: string | null;
}

/** The one wire store of the page. */
export const useWire = create<WireState>()(() => ({
  connection: "connecting",
  refusal: null,
  standing: "saved",
  unsaved: null,
  busy: false,
  loaded: false,
  file: null,
}));

/** Waits until what was just typed has come to the server: it saves, prints and runs what it has.

Throws where the server refused it. */
export function editsArrived(): Promise<void> {
  return new Promise((done, fail) => {
    const settle = ({ standing, unsaved }: WireState): boolean => {
      if (standing === "saving") return false;
      if (standing === "saved") done();
      else
        fail(new Refused({ ...NOT_SAVED, message: `${NOT_SAVED.message} ${unsaved?.message ?? ""}`.trim() }));
      return true;
    };
    if (settle(useWire.getState())) return;
    const stop = useWire.subscribe((state) => {
      if (settle(state)) stop();
    });
  });
}

const NOT_SAVED = {
  code: "not-saved",
  message: "The server does not have the newest changes.",
  help: "Undo them, or go back to what is saved.",
};
