/** How high the dock is: its upper edge, which is dragged or moved by arrows, and a button for much of the page. */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from "react";
import { useView } from "../../view/view-store";
import { IconButton } from "../icons";

const LOWEST = 120;
const USUAL = 196;
const STEP = 24;
/** What the dock may take of the page, and what it takes when it is enlarged. */
const MOST = 0.7;
const ENLARGED = 0.6;

/** The upper edge of the dock. */
export function DockGrip(): ReactNode {
  const dockHeight = useView((view) => view.dockHeight);
  const setDockHeight = useView((view) => view.setDockHeight);
  const start = useRef<{ y: number; height: number } | null>(null);
  const onPointerMove = (event: PointerEvent): void => {
    if (start.current) setDockHeight(limited(start.current.height + start.current.y - event.clientY));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowUp" ? STEP : event.key === "ArrowDown" ? -STEP : 0;
    if (by === 0) return;
    event.preventDefault();
    setDockHeight(limited(dockHeight + by));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule that is moved is a separator with a value
    <div
      className="dock-grip"
      role="separator"
      aria-label="Height of the dock"
      aria-orientation="horizontal"
      aria-valuenow={dockHeight}
      aria-valuemin={LOWEST}
      aria-valuemax={Math.round(window.innerHeight * MOST)}
      tabIndex={0}
      title="Drag it, or press ↑ and ↓"
      onPointerDown={(event) => {
        start.current = { y: event.clientY, height: dockHeight };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        start.current = null;
      }}
      onDoubleClick={() => setDockHeight(USUAL)}
      onKeyDown={onKeyDown}
    />
  );
}

/** Gives the dock much of the page, or its usual height again. */
export function DockSize(): ReactNode {
  const dockHeight = useView((view) => view.dockHeight);
  const setDockHeight = useView((view) => view.setDockHeight);
  const enlarged = dockHeight > window.innerHeight * (ENLARGED - 0.1);
  return (
    <IconButton
      icon={enlarged ? "shrink" : "enlarge"}
      name={enlarged ? "Shrink the dock" : "Enlarge the dock"}
      onClick={() => setDockHeight(enlarged ? USUAL : limited(window.innerHeight * ENLARGED))}
    />
  );
}

function limited(height: number): number {
  return Math.round(Math.min(Math.max(height, LOWEST), window.innerHeight * MOST));
}
