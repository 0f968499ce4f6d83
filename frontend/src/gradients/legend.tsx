/** Says what the ribbons' colours and widths mean, with the norms at both ends of the scale. */
import { type ReactNode, useEffect, useState } from "react";
import { useRun } from "../run/run-store";
import type { Overlay } from "./overlay";
import "./gradients.css";

/** Stands at the bottom left of the canvas; its numbers follow at the run store's pace. */
export function Legend({ overlay }: { readonly overlay: Overlay }): ReactNode {
  const tick = useRun((run) => run.tick);
  const [ends, setEnds] = useState<readonly [number, number] | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tick says that there are newer numbers
  useEffect(() => {
    const { scale } = overlay;
    setEnds((before) => {
      if (!scale.known) return null;
      const same = before !== null && before[0] === scale.bottom && before[1] === scale.top;
      return same ? before : [scale.bottom, scale.top];
    });
  }, [overlay, tick]);
  const text = ends === null ? "" : `, ${power(ends[0])} to ${power(ends[1])}`;
  return (
    <div
      className="legend"
      role="img"
      aria-label={`Ribbons: colour is the sign of the gradient's mean, width its norm on a logarithmic scale${text}`}
    >
      <span className="legend-minus">−</span>
      <span className="legend-scale" />
      <span className="legend-plus">+</span>
      <span className="legend-words">log width</span>
      {ends !== null && (
        <span className="legend-widths">
          {power(ends[0])}
          <svg width="34" height="10" viewBox="0 0 34 10" aria-hidden="true">
            <path d="M0 4 L34 0.5 L34 9.5 L0 6 Z" />
          </svg>
          {power(ends[1])}
        </span>
      )}
    </div>
  );
}

function power(exponent: number): string {
  if (exponent < -3 || exponent > 3) return `1e${String(exponent).replace("-", "\u2212")}`;
  return exponent < 0 ? (10 ** exponent).toFixed(-exponent) : String(10 ** exponent);
}
