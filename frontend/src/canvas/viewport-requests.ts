/** Moves the viewport on request: fit, zoom, bring into view. Keeps the view store's `center` true. */
import { useReactFlow, useStore } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useRef } from "react";
import type { Point } from "../document/types";
import {
  LOSS_PLATE_HEIGHT,
  LOSS_PLATE_WIDTH,
  lossPlateAt,
  PLATE_HEIGHT,
  PLATE_WIDTH,
} from "../gradients/plate-placement";
import { FAR_ZOOM, fitting, toGraph } from "../gradients/viewport";
import { useView } from "../view/view-store";
import { useWire } from "../wire/wire-store";
import { arrangeUnplaced } from "./arrange-nodes";
import { bringIntoView, fitView, useCanvas } from "./canvas-store";
import type { GraphModel } from "./graph-model";
import type { Stage } from "./stage";
import { type Box, moveToShow } from "./viewport-requests-move";

const LIMITS = { least: 0.02, largest: 1, padding: 28 };
/** What legend and buttons take at the bottom of the canvas; a narrow one has them one above the other. */
const CORNERS = 36;
const CORNERS_STACKED = 70;
const STACKED_WIDTH = 360;
/** How far inside of the canvas what is brought into view comes to stand: less than what fitting leaves. */
const MARGIN = 20;
/** The least distance between what is brought into view and what stands at the bottom. */
const CORNERS_GAP = 12;
/** What lies over the canvas; it covers nodes only where it is. */
const OVERLAYS = ".canvas-controls, .legend, .graph-problem";
const BANNER_WIDTH = 560;

/** Listens to requests; returns how to zoom by a factor. */
export function useViewportRequests(stage: Stage | null, model: GraphModel): (factor: number) => void {
  const flow = useReactFlow();
  const fitted = useRef<Place | null>(null);
  const showAll = useCallback(() => {
    const bounds = stage?.model().scene.bounds();
    if (!stage || !bounds) return;
    fitted.current = whole(stage, withLossPlate(stage, bounds));
    void flow.setViewport(fitted.current);
  }, [stage, flow]);
  useFitting(stage, model, showAll);
  useRefitting(stage, model, fitted, showAll);
  useBringing(stage, model, flow);
  useCenter(stage);
  return useCallback(
    (factor: number) => {
      void flow.zoomTo(flow.getZoom() * factor);
    },
    [flow],
  );
}

/** All of it, and none of its cards beneath a banner. */
function whole(stage: Stage, bounds: Bounds): Place {
  const { width, height } = stage.viewport();
  const limits = { ...LIMITS, bottom: cornersOf(width) };
  const place = fitting(bounds, width, height, limits);
  const { banner } = useCanvas.getState();
  const { x: left, y: bottom } = toGraph({ ...place, width, height }, (width - BANNER_WIDTH) / 2, banner);
  const right = left + BANNER_WIDTH / place.zoom;
  const covered = stage.model().scene.cardsIn(left, Math.min(bounds.y, bottom), right, bottom);
  if (banner === 0 || covered.length === 0) return place;
  const below = fitting(bounds, width, height - banner, limits);
  return { ...below, y: below.y + banner };
}

function cornersOf(width: number): number {
  return width < STACKED_WIDTH ? CORNERS_STACKED : CORNERS;
}

/** The loss curve has its place beside the loss node: it is part of the whole. */
function withLossPlate(stage: Stage, bounds: Bounds): Bounds {
  const plate = lossPlateAt(stage.model().scene);
  if (plate === null) return bounds;
  const [left, top] = [Math.min(bounds.x, plate.x), Math.min(bounds.y, plate.y)];
  const right = Math.max(bounds.x + bounds.width, plate.x + LOSS_PLATE_WIDTH);
  const bottom = Math.max(bounds.y + bounds.height, plate.y + LOSS_PLATE_HEIGHT);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

type Bounds = NonNullable<ReturnType<ReturnType<Stage["model"]>["scene"]["bounds"]>>;

/** Fits on request, and once when a graph has come; what a person puts on an empty canvas moves nothing. */
function useFitting(stage: Stage | null, model: GraphModel, showAll: () => void): void {
  const fitCount = useCanvas((canvas) => canvas.fitCount);
  const width = useStore((flow) => flow.width);
  const loaded = useWire((wire) => wire.loaded);
  const shown = useRef(false);
  const empty = model.cards.length === 0;
  useEffect(() => {
    if (fitCount > 0) showAll();
  }, [fitCount, showAll]);
  useEffect(() => {
    if (stage === null || width === 0 || !loaded || shown.current) return;
    shown.current = true;
    if (empty) return;
    showAll();
    void arrangeUnplaced(stage.editor, stage.model()).then((arranged) => arranged && fitView());
  }, [stage, width, empty, loaded, showAll]);
}

/** A whole graph in view stays whole when a panel, the window or a banner changes its size, or the loss becomes another
and takes its curve along; what a person chose to see stays too. */
function useRefitting(
  stage: Stage | null,
  { scene }: GraphModel,
  fitted: RefObject<Place | null>,
  showAll: () => void,
): void {
  const loss = scene.cards[scene.lossCard]?.uid;
  const width = useStore((flow) => flow.width);
  const height = useStore((flow) => flow.height);
  const banner = useCanvas((canvas) => canvas.banner);
  // biome-ignore lint/correctness/useExhaustiveDependencies: size and loss are what is listened to
  useEffect(() => {
    const now = stage?.viewport();
    const { current } = fitted;
    if (!now || !current) return;
    if (now.x === current.x && now.y === current.y && now.zoom === current.zoom) showAll();
  }, [width, height, banner, loss, stage, fitted, showAll]);
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** Brings what the keyboard or the list chose into view, near enough to be in the DOM: what is seen wholly moves nothing,
what is just beyond the edge comes in, and the rest stays in sight. */
function useBringing(stage: Stage | null, model: GraphModel, flow: ReturnType<typeof useReactFlow>): void {
  const bring = useCanvas((canvas) => canvas.bring);
  const reveal = useView((view) => view.reveal);
  const done = useRef(bring);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was made just now has its card with the next model
  useEffect(() => {
    if (stage === null || bring === null || done.current === bring || isAwaited(stage)) return;
    done.current = bring;
    show(stage, flow, targetAt(stage, bring.at));
  }, [bring, stage, model, flow]);
  useEffect(() => {
    const card = reveal && stage?.model().scene.card(reveal.uid);
    if (!reveal || !card) return;
    useView.getState().select([reveal.uid]);
    useCanvas.setState({ focus: { kind: "node", uid: reveal.uid } });
    bringIntoView([card.x + card.layout.width / 2, card.y + card.layout.height / 2]);
  }, [reveal, stage]);
}

/** What is to be seen; the loss takes its curve along. */
interface Target {
  readonly bounds: Bounds;
  readonly isLoss: boolean;
}

function show(stage: Stage, flow: ReturnType<typeof useReactFlow>, { bounds, isLoss }: Target): void {
  const view = stage.viewport();
  const box = onScreen(bounds, view);
  const foot = view.height - cornersOf(view.width) - CORNERS_GAP;
  const top = useCanvas.getState().banner + MARGIN;
  const room = { left: MARGIN, top, right: view.width - MARGIN, bottom: foot };
  // The loss and its curve stand above the row of legend and buttons, also where there are none in it.
  const canvas = { left: 0, top: 0, right: view.width, bottom: isLoss ? foot : view.height };
  const { right, down } = moveToShow(box, canvas, room, () => overlaysOf(stage.element));
  const near = Math.abs(right) < view.width / 2 && Math.abs(down) < view.height / 2;
  if (view.zoom < FAR_ZOOM || !near)
    void flow.setCenter(bounds.x + bounds.width / 2, bounds.y + bounds.height / 2, {
      zoom: Math.max(view.zoom, 0.6),
    });
  else if (right !== 0 || down !== 0)
    void flow.setViewport({ x: view.x - right, y: view.y - down, zoom: view.zoom });
}

/** Whether the node that has the focus is in the graph and not yet among the cards. */
function isAwaited(stage: Stage): boolean {
  const { focus } = useCanvas.getState();
  if (focus?.kind !== "node" || stage.model().scene.card(focus.uid)) return false;
  return stage.editor.document.getSnapshot().byUid.has(focus.uid);
}

/** What stands at a place: the frame or the card that was chosen; of an edge about as much as its plate. */
function targetAt(stage: Stage, [x, y]: Point): Target {
  const { focus, frame } = useCanvas.getState();
  const { scene } = stage.model();
  const chosen = stage.editor.document.getSnapshot().frames.find(({ uid }) => uid === frame);
  if (chosen) return { bounds: boxAt(...chosen.at, ...chosen.size), isLoss: false };
  const card = focus?.kind === "node" ? scene.card(focus.uid) : undefined;
  if (!card) {
    const plate = boxAt(x - PLATE_WIDTH / 2, y - PLATE_HEIGHT / 2, PLATE_WIDTH, PLATE_HEIGHT);
    return { bounds: plate, isLoss: false };
  }
  const bounds = boxAt(card.x, card.y, card.layout.width, card.layout.height);
  const isLoss = card === scene.cards[scene.lossCard];
  return { bounds: isLoss ? withLossPlate(stage, bounds) : bounds, isLoss };
}

function boxAt(x: number, y: number, width: number, height: number): Bounds {
  return { x, y, width, height };
}

function onScreen({ x, y, width, height }: Bounds, view: Place): Box {
  const [left, top] = [x * view.zoom + view.x, y * view.zoom + view.y];
  return { left, top, right: left + width * view.zoom, bottom: top + height * view.zoom };
}

function overlaysOf(element: HTMLElement): Box[] {
  const corner = element.getBoundingClientRect();
  return [...element.querySelectorAll(OVERLAYS)].map((overlay) => {
    const { left, top, right, bottom } = overlay.getBoundingClientRect();
    return {
      left: left - corner.left,
      top: top - corner.top,
      right: right - corner.left,
      bottom: bottom - corner.top,
    };
  });
}

function useCenter(stage: Stage | null): void {
  const transform = useStore((flow) => flow.transform);
  useEffect(() => {
    if (stage === null) return undefined;
    const timer = setTimeout(() => {
      const { x, y, zoom, width, height } = stage.viewport();
      useView.getState().setCenter([(width / 2 - x) / zoom, (height / 2 - y) / zoom]);
    }, 120);
    void transform;
    return () => clearTimeout(timer);
  }, [transform, stage]);
}
