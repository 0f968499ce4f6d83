/** A part of the inspector that is folded until it is used. */
import { type ReactNode, useRef, useState } from "react";
import "./documentation-fold.css";

interface Props {
  readonly heading: string;
  /** Something stands in it: it is unfolded until a person folds it. */
  readonly isUsed: boolean;
  readonly children: ReactNode;
}

/** Unfolds where it is used, and when a person wants to see it. */
export function Fold({ heading, isUsed, children }: Props): ReactNode {
  const [wished, setWished] = useState<boolean | null>(null);
  // What was unfolded by itself does not fold under the hand that empties it.
  const used = useRef(isUsed);
  used.current ||= isUsed;
  const open = wished ?? used.current;
  return (
    <details className="documentation" open={open}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a summary is a button by itself */}
      <summary
        onClick={(event) => {
          event.preventDefault();
          setWished(!open);
        }}
      >
        <h3 className="inspector-heading">{heading}</h3>
      </summary>
      {open && <div className="fields fold-content">{children}</div>}
    </details>
  );
}
