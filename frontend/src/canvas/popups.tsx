/** The lists that open on the canvas: add a node at a place, connect by keyboard, find a node. */
import { type ReactNode, useMemo } from "react";
import { useCatalog } from "../catalog/catalog-store";
import { connect } from "../document/commands";
import type { Point } from "../document/types";
import { useEditor } from "../editor/editor";
import { focusCanvas } from "../editor/focus-canvas";
import { placeOperation } from "../editor/place-operation";
import { OperationSearch } from "../panels/palette/operation-search";
import { useView, type WireEnd } from "../view/view-store";
import { focusOn } from "./canvas-keys";
import { useCanvas } from "./canvas-store";
import { usualPlace } from "./free-place";
import { PopupList } from "./popup-list";
import type { Stage } from "./stage";
import { connectionOf } from "./wire-gesture";
import { offersFrom } from "./wire-offers";

/** Whatever list is open now. */
export function Popups({ stage }: { readonly stage: Stage }): ReactNode {
  const search = useView((view) => view.search);
  const connecting = useCanvas((canvas) => canvas.connecting);
  const finding = useCanvas((canvas) => canvas.finding);
  if (search) return <NodeSearch stage={stage} />;
  if (connecting) return <ConnectList stage={stage} end={connecting} />;
  return finding ? <FindList stage={stage} /> : null;
}

function NodeSearch({ stage }: { readonly stage: Stage }): ReactNode {
  const { document } = useEditor();
  const search = useView((view) => view.search);
  const catalog = useCatalog((state) => state.catalog);
  if (search === null) return null;
  const usual = (isSource: boolean): Point => {
    const { selection, center } = useView.getState();
    return usualPlace(stage.model().scene, [...selection][0], center, isSource);
  };
  const at = search.at ?? usual(false);
  const close = (): void => {
    useView.getState().closeSearch();
    focusCanvas();
  };
  const choose = (operation: string, words: string): void => {
    const source = catalog.operations.get(operation)?.kind === "source";
    const place = search.at ?? usual(source);
    const uid = placeOperation(document, catalog, operation, place, search.fits, words);
    close();
    focusOn(stage.editor, { kind: "node", uid });
  };
  return (
    <Floating stage={stage} x={at[0]} y={at[1]} onLeave={useView.getState().closeSearch}>
      <OperationSearch fits={search.fits} onChoose={choose} onCancel={close} autoFocus />
    </Floating>
  );
}

function ConnectList({ stage, end }: { readonly stage: Stage; readonly end: WireEnd }): ReactNode {
  const { document } = useEditor();
  const catalog = useCatalog((state) => state.catalog);
  const offers = useMemo(() => offersFrom(stage, end, catalog), [stage, end, catalog]);
  const leave = (): void => useCanvas.setState({ connecting: null });
  const close = (): void => {
    leave();
    focusCanvas();
  };
  const choose = (key: string): void => {
    const found = offers.find((offer) => offer.choice.key === key);
    if (found) connect(document, connectionOf(stage, found.end, found.place));
    close();
  };
  const card = stage.model().scene.card(end.uid);
  const name = document.getSnapshot().byUid.get(end.uid)?.id ?? "";
  return (
    <Floating stage={stage} x={(card?.x ?? 0) + 140} y={card?.y ?? 0}>
      <PopupList
        label={`Connect ${name} to`}
        choices={offers.map((offer) => offer.choice)}
        empty="No socket fits. Add a node that takes a tensor first."
        onChoose={choose}
        onCancel={close}
        onLeave={leave}
      />
    </Floating>
  );
}

function FindList({ stage }: { readonly stage: Stage }): ReactNode {
  const { document } = useEditor();
  const leave = (): void => useCanvas.setState({ finding: false });
  const close = (): void => {
    leave();
    focusCanvas();
  };
  const choose = (uid: string): void => {
    close();
    focusOn(stage.editor, { kind: "node", uid });
  };
  const choices = document
    .getSnapshot()
    .nodes.map(({ uid, id, label, op }) => ({ key: uid, name: label ? `${label} (${id})` : id, note: op }));
  return (
    <div className="popup popup-top">
      <PopupList
        label="Find a node"
        choices={choices}
        empty="No node has these words in its name or its operation."
        onChoose={choose}
        onCancel={close}
        onLeave={leave}
      />
    </div>
  );
}

const WIDTH = 300;
const LEAST_HEIGHT = 260;

interface FloatingProps {
  readonly stage: Stage;
  /** Where, in the graph's units. */
  readonly x: number;
  readonly y: number;
  /** The focus has gone elsewhere. */
  readonly onLeave?: () => void;
  readonly children: ReactNode;
}

/** Stands at a place of the graph, and inside of the canvas. */
function Floating({ stage, x, y, onLeave, children }: FloatingProps): ReactNode {
  const viewport = stage.viewport();
  const left = clamp(x * viewport.zoom + viewport.x, 8, viewport.width - WIDTH - 8);
  const top = clamp(y * viewport.zoom + viewport.y, 8, viewport.height - LEAST_HEIGHT - 8);
  const maxHeight = Math.min(380, viewport.height - top - 8);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notices that the focus leaves what stands inside
    <div
      className="popup nowheel"
      style={{ left, top, maxHeight }}
      onBlur={({ currentTarget, relatedTarget }) => {
        const stays = currentTarget.contains(relatedTarget) || currentTarget.contains(document.activeElement);
        if (!stays) onLeave?.();
      }}
    >
      {children}
    </div>
  );
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(Math.max(least, most), value));
}
