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
import { freePlace, placeAfter, placeBelow } from "./free-place";
import { type Choice, PopupList } from "./popup-list";
import type { Stage } from "./stage";
import { WireFits } from "./wire-fits";
import { connectionOf } from "./wire-gesture";
import { type Landing, landingsOf } from "./wire-landings";

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
  const at = search.at ?? usualPlace(stage, false);
  const close = (): void => {
    useView.getState().closeSearch();
    focusCanvas();
  };
  const choose = (operation: string, words: string): void => {
    const source = catalog.operations.get(operation)?.kind === "source";
    const place = search.at ?? usualPlace(stage, source);
    const uid = placeOperation(document, catalog, operation, place, search.fits, words);
    close();
    focusOn(stage.editor, { kind: "node", uid });
  };
  return (
    <Floating stage={stage} x={at[0]} y={at[1]}>
      <OperationSearch fits={search.fits} onChoose={choose} onCancel={close} autoFocus />
    </Floating>
  );
}

/** A chain goes on to the right of what is selected, a further source stands below it; else the middle of the view. */
function usualPlace(stage: Stage, source: boolean): Point {
  const { selection, center } = useView.getState();
  const [uid] = selection;
  const { scene } = stage.model();
  const after = uid === undefined ? null : source ? placeBelow(scene, uid) : placeAfter(scene, uid);
  return after ?? freePlace(scene, [center[0] - 66, center[1] - 46]);
}

function ConnectList({ stage, end }: { readonly stage: Stage; readonly end: WireEnd }): ReactNode {
  const { document } = useEditor();
  const catalog = useCatalog((state) => state.catalog);
  const landings = useMemo(() => landingsFrom(stage, end, catalog), [stage, end, catalog]);
  const close = (): void => {
    useCanvas.setState({ connecting: null });
    focusCanvas();
  };
  const choose = (key: string): void => {
    const found = landings.find((landing) => landing.choice.key === key);
    if (found) connect(document, connectionOf(stage, found.end, found.landing));
    close();
  };
  const card = stage.model().scene.card(end.uid);
  const name = document.getSnapshot().byUid.get(end.uid)?.id ?? "";
  return (
    <Floating stage={stage} x={(card?.x ?? 0) + 140} y={card?.y ?? 0}>
      <PopupList
        label={`Connect ${name} to`}
        choices={landings.map((landing) => landing.choice)}
        empty="No socket fits. Add a node that takes a tensor first."
        onChoose={choose}
        onCancel={close}
      />
    </Floating>
  );
}

interface Offer {
  readonly end: WireEnd;
  readonly landing: Landing;
  readonly choice: Choice;
}

/** Every output of a node with every socket it fits: first what is open and required, then what is typed or wired and
would be replaced; of these what lies near. */
function landingsFrom(stage: Stage, from: WireEnd, catalog: WireCatalog): Offer[] {
  const snapshot = stage.editor.document.getSnapshot();
  const model = stage.model();
  const card = model.byUid.get(from.uid);
  const place = model.scene.card(from.uid);
  if (!card || !place) return [];
  const fits = new WireFits(snapshot, catalog, from);
  const offers: { offer: Offer; rank: number }[] = [];
  for (const target of model.cards)
    for (const landing of landingsOf(stage, target, fits)) {
      if (landing.refusal !== null) continue;
      const input = target.inputs.find(
        ({ argument, index }) => argument === landing.argument && index === landing.index,
      );
      const away = Math.hypot(landing.x - place.x, landing.y - place.y);
      const wired = snapshot.edges.find(({ id }) => id === input?.edge);
      const rank = away + (input?.optional || wired ? 1e5 : 0);
      card.outputs.forEach((output, number) => {
        if (wired?.source === from.uid && wired.output === output.output) return;
        const instead = wired ? (snapshot.byUid.get(wired.source)?.id ?? null) : (input?.literal ?? null);
        const note = instead === null ? "" : `instead of ${instead}`;
        const offer = offerOf(
          card.node.id,
          { ...from, output: output.output },
          landing,
          target.node.id,
          note,
        );
        offers.push({ offer, rank: rank + number * 1e4 });
      });
    }
  return offers.sort((one, two) => one.rank - two.rank).map(({ offer }) => offer);
}

type WireCatalog = ReturnType<typeof useCatalog.getState>["catalog"];

function offerOf(source: string, end: WireEnd, landing: Landing, target: string, note: string): Offer {
  const from = end.output === null ? source : `${source}.${end.output}`;
  const socket = landing.index === null ? landing.argument : `${landing.argument}.${landing.index}`;
  const name = `${from} → ${target}.${socket}`;
  return { end, landing, choice: { key: name, name, note } };
}

function FindList({ stage }: { readonly stage: Stage }): ReactNode {
  const { document } = useEditor();
  const close = (): void => {
    useCanvas.setState({ finding: false });
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
  readonly children: ReactNode;
}

/** Stands at a place of the graph, and inside of the canvas. */
function Floating({ stage, x, y, children }: FloatingProps): ReactNode {
  const viewport = stage.viewport();
  const left = clamp(x * viewport.zoom + viewport.x, 8, viewport.width - WIDTH - 8);
  const top = clamp(y * viewport.zoom + viewport.y, 8, viewport.height - LEAST_HEIGHT - 8);
  const maxHeight = Math.min(380, viewport.height - top - 8);
  return (
    <div className="popup nowheel" style={{ left, top, maxHeight }}>
      {children}
    </div>
  );
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(Math.max(least, most), value));
}
