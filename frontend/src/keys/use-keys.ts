/** Listens to the page's keys and does what the table says. */
import { useEffect } from "react";
import type { Editor } from "../editor/editor";
import { focusCanvas } from "../editor/focus-canvas";
import { useView } from "../view/view-store";
import { type KeyRow, rowFor } from "./table";

/** Does what the rows say while the page is open. */
export function useKeys(editor: Editor, rows: readonly KeyRow[]): void {
  useEffect(() => {
    let last: Element | null = null;
    const note = ({ target }: FocusEvent): void => {
      last = target instanceof Element ? target : null;
    };
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const row = rowFor(rows, event);
      if (!row?.run) return;
      const nowhere = event.target === document.body;
      // A focus that went with its element (a folded panel, a button that has done all) is the canvas's.
      const lost = nowhere && last !== null && (!last.isConnected || last.matches(":disabled"));
      if (lost || (nowhere && event.key === "Escape")) focusCanvas();
      if (!applies(row, event, lost ? document.activeElement : event.target)) return;
      if (row.scope === "always") commitField();
      if (row.run(editor, event)) {
        event.preventDefault();
        event.stopPropagation();
      }
    };
    window.addEventListener("focusin", note);
    window.addEventListener("keydown", press);
    return () => {
      window.removeEventListener("focusin", note);
      window.removeEventListener("keydown", press);
    };
  }, [editor, rows]);
}

/** While a person types only the rows for always act; in a field that holds nothing new, undo and redo do too. A dialog
takes all others. The canvas's rows need its focus; where nothing has it, only those with Ctrl act, and Escape. */
function applies(row: KeyRow, event: KeyboardEvent, at: EventTarget | null): boolean {
  if (row.scope === "always") return true;
  if (useView.getState().dialog !== null) return false;
  const target = at instanceof Element ? at : null;
  if (isTyping(target)) return row.scope === "page" && holdsNothingNew(target);
  if (row.scope === "page" || target?.closest('[role="application"]')) return true;
  return target === document.body && (event.ctrlKey || event.metaKey || event.key === "Escape");
}

/** Whether keys go into a field now. */
export function isTyping(target: Element | null): boolean {
  if (target instanceof HTMLElement && target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !NO_TEXT.has(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** A choice, or a field whose text has been given: the browser has nothing of it to undo. */
function holdsNothingNew(target: Element | null): boolean {
  return target instanceof HTMLSelectElement || target?.getAttribute("data-draft") === "false";
}

const NO_TEXT = new Set(["button", "checkbox", "radio", "range", "file"]);

/** A field that is being typed into takes what it holds before the key acts. */
function commitField(): void {
  const field = document.activeElement;
  if (!(field instanceof HTMLElement) || !isTyping(field)) return;
  field.blur();
  field.focus();
}
