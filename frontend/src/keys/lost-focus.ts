/** Remembers the focus that went with its element: a button that is off for a while, a panel that was folded. */

/** By these a button is pressed: they stay its own while it is off. */
const PRESSES = new Set(["Enter", " "]);

/** Whose the keys are when nobody has put the focus where it is. */
export class LostFocus {
  /** What had the focus last, and whether a person has left it by himself. */
  private last: Element | null = null;
  private left = false;
  /** It is not given back to whoever has begun to do something else with the mouse. */
  private returns = false;
  private givenBack: Element | null = null;
  private readonly switched = new MutationObserver(() => this.giveBack());

  /** Listens on the page; returns how to stop. */
  listen(): () => void {
    const come = ({ target }: FocusEvent): void => this.take(target);
    const go = ({ target }: FocusEvent): void => {
      this.left = target instanceof Element && !target.matches(":disabled");
    };
    const point = (): void => {
      if (isNowhere(document.activeElement)) this.returns = false;
    };
    window.addEventListener("focusin", come);
    window.addEventListener("focusout", go);
    window.addEventListener("pointerdown", point, true);
    return () => {
      this.switched.disconnect();
      window.removeEventListener("focusin", come);
      window.removeEventListener("focusout", go);
      window.removeEventListener("pointerdown", point, true);
    };
  }

  /** Whether a key is the canvas's: the focus went with its element, or it was given back and not put there. */
  leavesToCanvas({ key, target }: KeyboardEvent): boolean {
    const { last, left, givenBack } = this;
    if (last === null) return false;
    if (isNowhere(target)) return !last.isConnected || (!left && !PRESSES.has(key));
    return target === givenBack && target instanceof HTMLButtonElement && !PRESSES.has(key);
  }

  private take(target: EventTarget | null): void {
    this.last = target instanceof Element ? target : null;
    this.left = false;
    this.returns = true;
    this.givenBack = null;
    this.switched.disconnect();
    if (this.last) this.switched.observe(this.last, { attributeFilter: ["disabled"] });
  }

  /** Whoever works by keyboard goes on where he was, unless something else has the focus by now. What was off so shortly
  that it kept the focus counts alike. */
  private giveBack(): void {
    const { last, left, returns } = this;
    if (!(last instanceof HTMLElement) || last.matches(":disabled")) return;
    const { activeElement } = document;
    if (activeElement !== last) {
      if (left || !returns || !isNowhere(activeElement)) return;
      last.focus({ preventScroll: true });
    }
    this.givenBack = last;
  }
}

/** Nothing has the focus, or only what is off. */
function isNowhere(target: EventTarget | null): boolean {
  return target === null || (target instanceof Element && target.matches("body, :disabled"));
}
