/** Whether the page is connected and its edits are kept, for what shows it. */
import { create } from "zustand";

/** The state of the connection. */
export interface WireState {
  readonly connection: "connecting" | "online" | "offline" | "refused";
  /** Why the server refused the graph. */
  readonly refusal: string | null;
  /** Edits wait for their acknowledgement. */
  readonly saving: boolean;
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
  saving: false,
  busy: false,
  loaded: false,
  file: null,
}));

/** Waits until what was just typed has come to the server: it saves, prints and runs what it has. */
export function editsArrived(): Promise<void> {
  return new Promise((done) => {
    if (!useWire.getState().saving) {
      done();
      return;
    }
    const stop = useWire.subscribe(({ saving }) => {
      if (saving) return;
      stop();
      done();
    });
  });
}
