/** Listens to the page's keys and does what the table says. */
import { useEffect } from "react";
import type { Editor } from "../editor/editor";
import { focusCanvas } from "../editor/focus-canvas";
import { useView } from "../view/view-store";
import { isOnCanvas, isTyping, leavesChords } from "./key-owner";
import { LostFocus } from "./lost-focus";
import { isChord, type KeyRow, rowFor } from "./table";

/** Does what the rows say while the page is open. */
export function useKeys(editor: Editor, rows: readonly KeyRow[]): void {
  useEffect(() => {
    const lost = new LostFocus();
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const row = rowFor(rows, event);
      if (!row?.run || !applies(row, event, lost)) return;
      if (row.scope === "canvas" && !isChord(event) && !isOnCanvas(event.target)) focusCanvas();
      if (row.scope === "always") commitField();
      if (row.run(editor, event)) {
        event.preventDefault();
        event.stopPropagation();
      }
    };
    const stop = lost.listen();
    window.addEventListener("keydown", press);
    return () => {
      stop();
      window.removeEventListener("keydown", press);
    };
  }, [editor, rows]);
}

/** While a person types only the rows for always act; in a field that holds nothing new, undo and redo do too. A dialog
takes all others. The canvas's single keys need its focus, or one that nobody has put elsewhere; its combinations with
Ctrl act wherever these are left to it, and Escape where nothing has the focus. */
function applies(row: KeyRow, event: KeyboardEvent, lost: LostFocus): boolean {
  if (row.scope === "always") return true;
  if (useView.getState().dialog !== null) return false;
  const { target } = event;
  if (isTyping(target)) return row.scope === "page" && holdsNothingNew(target);
  if (row.scope === "page" || isOnCanvas(target)) return true;
  if (isChord(event)) return leavesChords(target);
  return lost.leavesToCanvas(event) || (target === document.body && event.key === "Escape");
}

/** A choice, or a field whose text has been given: the browser has nothing of it to undo. */
function holdsNothingNew(target: EventTarget | null): boolean {
  if (target instanceof HTMLSelectElement) return true;
  return target instanceof Element && target.getAttribute("data-draft") === "false";
}

/** A field that is being typed into takes what it holds before the key acts. */
function commitField(): void {
  const field = document.activeElement;
  if (!(field instanceof HTMLElement) || !isTyping(field)) return;
  field.blur();
  field.focus();
}
