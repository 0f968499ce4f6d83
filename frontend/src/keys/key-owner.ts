/** Whose a key is, by where the focus is: a field's, a list's, the canvas's. */
import { useView } from "../view/view-store";

/** What has its own meaning for Ctrl with a key. */
const OWNERS = 'dialog, [role="dialog"], [role="listbox"], [role="menu"]';
const NO_TEXT = new Set(["button", "checkbox", "radio", "range", "file"]);

/** Whether keys go into a field now. */
export function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLElement && target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !NO_TEXT.has(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Whether the canvas, or something in it, has the focus. */
export function isOnCanvas(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role="application"]') !== null;
}

/** Whether the canvas's Ctrl combinations are meant: no text is typed or selected, and nothing has its own of them. */
export function leavesChords(target: EventTarget | null): boolean {
  if (useView.getState().dialog !== null || isTyping(target)) return false;
  if (isOnCanvas(target)) return true;
  return !(target instanceof Element && target.closest(OWNERS)) && !hasSelectedText();
}

/** Whether text of the page is selected, which Ctrl+C then copies. */
export function hasSelectedText(): boolean {
  return (window.getSelection()?.toString() ?? "") !== "";
}
