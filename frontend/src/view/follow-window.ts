/** Folds the panels for which the window has no room, and gives them back when it has room again. */
import { useView, type ViewState } from "./view-store";

/** Narrower, the side panels lie over the canvas. */
const NARROW = "(width < 900px)";
/** Lower, the dock would leave nothing of the canvas. */
const LOW = "(height < 480px)";

/** Follows the window's size for as long as the page lives. */
export function followWindow(): void {
  follow(NARROW, narrowing());
  follow(LOW, lowering());
}

type Panels = Partial<Pick<ViewState, "narrow" | "paletteOpen" | "inspectorOpen" | "dockOpen">>;
type Change = (matches: boolean, now: ViewState) => Panels;

/** What becomes of the side panels where the window becomes narrow, and where it is wide again. */
export function narrowing(): Change {
  let before: Panels = {};
  return (narrow, { paletteOpen, inspectorOpen }) => {
    if (!narrow) return { narrow, ...before };
    before = { paletteOpen, inspectorOpen };
    return { narrow, paletteOpen: false, inspectorOpen: false };
  };
}

function lowering(): Change {
  let before: Panels = {};
  return (low, { dockOpen }) => {
    if (!low) return before;
    before = { dockOpen };
    return { dockOpen: false };
  };
}

function follow(condition: string, change: Change): void {
  const query = window.matchMedia(condition);
  const apply = (matches: boolean): void => useView.setState(change(matches, useView.getState()));
  if (query.matches) apply(true);
  query.addEventListener("change", ({ matches }) => apply(matches));
}
