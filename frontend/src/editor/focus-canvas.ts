/** Where the keyboard goes when a field, a list or a dialog is left. */

/** Puts the keyboard's focus onto the canvas. */
export function focusCanvas(): void {
  document.querySelector<HTMLElement>('[role="application"]')?.focus();
}
