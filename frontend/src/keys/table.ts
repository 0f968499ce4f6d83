/** The form of the key table: what a row says, and how a key press is matched with it. No row stands here. */
import type { Editor } from "../editor/editor";

/** Where a key acts: while the canvas has the focus (with Ctrl: and where no text has a use for it), anywhere but in a
field, or even while a person types. */
export type KeyScope = "canvas" | "page" | "always";

/** One row of the key table, as the `?` dialog shows it. `keys` like "Ctrl+Shift+V"; Ctrl is Cmd on a Mac. */
export interface KeyRow {
  readonly keys: readonly string[];
  readonly what: string;
  readonly scope: KeyScope;
  /** The heading in the `?` dialog. */
  readonly group: "Canvas" | "Edit" | "Run" | "File" | "View";
  /** Does it; false where it does not apply now, so that the browser's own meaning holds. Absent: shown, done elsewhere. */
  readonly run?: (editor: Editor, event: KeyboardEvent) => boolean;
}

const MAC = typeof navigator !== "undefined" && /Mac|iP(hone|ad)/.test(navigator.platform);

/** A key press in the table's writing: "Ctrl+Shift+V", "?", "Shift+1", "ArrowLeft". */
export function writingOf(event: KeyboardEvent): string {
  const key = keyName(event);
  const shift = event.shiftKey && (key.length > 1 || /[A-Z0-9]/.test(key));
  return [isChord(event) ? "Ctrl" : "", event.altKey ? "Alt" : "", shift ? "Shift" : "", key]
    .filter(Boolean)
    .join("+");
}

/** Whether a key press is a combination with Ctrl, or with Cmd on a Mac. */
export function isChord(event: KeyboardEvent): boolean {
  return MAC ? event.metaKey : event.ctrlKey;
}

/** The row a key press means, if any. */
export function rowFor(rows: readonly KeyRow[], event: KeyboardEvent): KeyRow | undefined {
  const writing = writingOf(event);
  return rows.find((row) => row.keys.includes(writing));
}

/** How a row's key is shown on this machine. */
export function shownKey(keys: string): string {
  return MAC ? keys.replace("Ctrl", "⌘").replace("Alt", "⌥").replaceAll("+", " ") : keys;
}

function keyName(event: KeyboardEvent): string {
  if (/^Digit\d$/.test(event.code) && event.shiftKey) return event.code.slice(5);
  if (event.key === " ") return "Space";
  return event.key.length === 1 ? event.key.toUpperCase() : event.key;
}
