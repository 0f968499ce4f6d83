/** From an edge's figures to the width and the colour of its ribbon. Knows neither canvas nor theme. */

/** The narrowest and the widest ribbon, in pixels at a zoom of 1. */
export const NARROWEST = 2;
export const WIDEST = 9;
const DECADES = 4;

/** How many widths and how many colours are told apart when ribbons are drawn. */
export const WIDTHS = 29;
export const COLOURS = 17;

/** The colour in the middle: neither sign. */
export const NEUTRAL = (COLOURS - 1) / 2;

/** The width's scale: the norm drawn widest. The narrowest is four decades below. */
export class RibbonScale {
  /** Power of ten whose norm is drawn `WIDEST`. */
  top = 0;
  /** Whether a norm has set the scale. */
  known = false;

  /** Begins anew: the next norms set the scale. */
  reset(): void {
    this.known = false;
  }

  /** Widens the scale so that this norm fits; it never narrows, so that what shrinks is seen to shrink. */
  include(largest: number): void {
    if (!(largest > 0) || !Number.isFinite(largest)) return;
    const decade = Math.ceil(Math.log10(largest) - 1e-9);
    if (!this.known || decade > this.top) this.top = decade;
    this.known = true;
  }

  /** The width's index, 0 (narrowest) to `WIDTHS - 1`. */
  step(norm: number): number {
    if (!(norm > 0)) return 0;
    const along = 1 - (this.top - Math.log10(norm)) / DECADES;
    return Math.round(Math.min(1, Math.max(0, along)) * (WIDTHS - 1));
  }

  /** The norm drawn narrowest. */
  get bottom(): number {
    return this.top - DECADES;
  }
}

/** The width in pixels of a step of the scale. */
export function widthOfStep(step: number): number {
  return NARROWEST + (step / (WIDTHS - 1)) * (WIDEST - NARROWEST);
}

/**
 * The colour's index: 0 for wholly negative, `NEUTRAL` for neither, `COLOURS - 1` for wholly positive.
 * A tensor of mixed signs fades towards the middle, the more the nearer its mean is to zero.
 */
export function colourIndex(mean: number, min: number, max: number): number {
  if (!(mean !== 0) || Number.isNaN(mean)) return NEUTRAL;
  const purity = signPurity(mean, min, max);
  return NEUTRAL + Math.round((mean > 0 ? 1 : -1) * Math.max(1 / NEUTRAL, purity) * NEUTRAL);
}

/** How far a tensor is of one sign: 1 if no element has the other, towards 0 as the two balance. */
export function signPurity(mean: number, min: number, max: number): number {
  if (!(min < 0 && max > 0)) return 1;
  const larger = Math.max(-min, max);
  const balance = Math.min(-min, max) / larger;
  const lean = Math.min(1, 1.6 * Math.sqrt(Math.abs(mean) / larger));
  return 1 - balance * (1 - lean);
}
