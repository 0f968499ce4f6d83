/** Copy, cut and paste wherever Ctrl combinations are the canvas's, through the browser's own clipboard events. */
import { copy, paste, removeNodes } from "../document/commands";
import type { Point } from "../document/types";
import type { Editor } from "../editor/editor";
import { hasSelectedText, leavesChords } from "../keys/key-owner";
import { useView } from "../view/view-store";
import { actedOn, selectMade } from "./canvas-keys";
import { useCanvas } from "./canvas-store";
import { besideCards } from "./free-place";

/** Listens on the page; returns how to stop. `pointer` is where the mouse is in the graph, if it is there. */
export function listenToClipboard(editor: Editor, pointer: () => Point | null): () => void {
  let shift = false;
  const places = new PastePlaces(editor, pointer);
  const key = (event: KeyboardEvent): void => {
    shift = event.shiftKey;
  };
  const take = (event: ClipboardEvent): boolean => {
    if (!leavesChords(event.target) || hasSelectedText()) return false;
    const uids = actedOn();
    if (uids.size === 0) return false;
    event.clipboardData?.setData("text/plain", copy(editor.document.getSnapshot(), uids));
    event.preventDefault();
    places.forget();
    return true;
  };
  const onCopy = (event: ClipboardEvent): void => {
    take(event);
  };
  const onCut = (event: ClipboardEvent): void => {
    const uids = actedOn();
    if (!take(event)) return;
    removeNodes(editor.document, uids);
    useView.getState().select([]);
    useCanvas.setState({ focus: null });
  };
  const onPaste = (event: ClipboardEvent): void => {
    if (!leavesChords(event.target)) return;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const settle = besideCards(useCanvas.getState().scene());
    const made = paste(editor.document, text, places.next(), shift, settle);
    if (made === null) return;
    places.note(made);
    event.preventDefault();
    selectMade(editor, made);
  };
  window.addEventListener("keydown", key, true);
  window.addEventListener("copy", onCopy);
  window.addEventListener("cut", onCut);
  window.addEventListener("paste", onPaste);
  return () => {
    window.removeEventListener("keydown", key, true);
    window.removeEventListener("copy", onCopy);
    window.removeEventListener("cut", onCut);
    window.removeEventListener("paste", onPaste);
  };
}

/** Where pastes go: to the mouse, and where it has not moved since, each beside the last. */
class PastePlaces {
  private last: Point | null = null;
  private lastPointer: Point | null = null;

  constructor(
    private readonly editor: Editor,
    private readonly pointer: () => Point | null,
  ) {}

  forget(): void {
    this.last = null;
    this.lastPointer = this.pointer();
  }

  next(): Point | null {
    const pointer = this.pointer();
    const moved = pointer !== null && !samePlace(pointer, this.lastPointer);
    this.lastPointer = pointer;
    if (moved) return pointer;
    return this.last;
  }

  note(uids: readonly string[]): void {
    const { byUid } = this.editor.document.getSnapshot();
    const places = uids.map((uid) => byUid.get(uid)?.at ?? [0, 0]);
    this.last = [Math.min(...places.map(([x]) => x)), Math.min(...places.map(([, y]) => y))];
  }
}

function samePlace(one: Point, two: Point | null): boolean {
  return two !== null && Math.hypot(one[0] - two[0], one[1] - two[1]) < 4;
}
