/** Puts the focus back on the canvas. */
export function focusCanvas(): void {
  document.querySelector<HTMLElement>('[role="application"]')?.focus();
}
