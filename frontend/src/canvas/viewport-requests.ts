/** Moves the viewport on request: fit, zoom, bring into view. Keeps the view store's `center` true. */
import { useReactFlow, useStore } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useRef } from "react";
import type { Point } from "../document/types";
import { LOSS_PLATE_HEIGHT, LOSS_PLATE_WIDTH, lossPlateAt } from "../gradients/plate-placement";
import { FAR_ZOOM, fitting, toGraph } from "../gradients/viewport";
import { useView } from "../view/view-store";
import { useWire } from "../wire/wire-store";
import { arrangeUnplaced } from "./arrange-nodes";
import { bringIntoView, fitView, useCanvas } from "./canvas-store";
import type { GraphModel } from "./graph-model";
import type { Stage } from "./stage";

const LIMITS = { least: 0.02, largest: 1, padding: 28 };
/** What legend and buttons take at the bottom of the canvas; a narrow one has them one above the other. */
const CORNERS = 36;
const CORNERS_STACKED = 70;
const STACKED_WIDTH = 360;
/** How far inside of the canvas the middle of what is brought into view comes to stand. */
const MARGIN_X = 110;
const MARGIN_Y = 80;
const BANNER_WIDTH = 560;
/** The least distance between the loss curve and what stands at the bottom. */
const PLATE_GAP = 12;

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
  useBringing(stage, flow);
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

/** Brings what the keyboard or the list chose into view, near enough to be in the DOM: what is just beyond the edge comes
in, and the rest stays in sight. */
function useBringing(stage: Stage | null, flow: ReturnType<typeof useReactFlow>): void {
  const bring = useCanvas((canvas) => canvas.bring);
  const reveal = useView((view) => view.reveal);
  useEffect(() => {
    if (stage === null || bring === null) return;
    const view = stage.viewport();
    const right = outside(bring.at[0] * view.zoom + view.x, view.width, MARGIN_X);
    const foot = footOf(stage, bring.at);
    const down = outside(bring.at[1] * view.zoom + view.y, view.height, MARGIN_Y, foot);
    const near = Math.abs(right) < view.width / 2 && Math.abs(down) < view.height / 2;
    if (view.zoom < FAR_ZOOM || !near)
      void flow.setCenter(bring.at[0], bring.at[1], { zoom: Math.max(view.zoom, 0.6) });
    else if (right !== 0 || down !== 0)
      void flow.setViewport({ x: view.x - right, y: view.y - down, zoom: view.zoom });
  }, [bring, stage, flow]);
  useEffect(() => {
    const card = reveal && stage?.model().scene.card(reveal.uid);
    if (!reveal || !card) return;
    useView.getState().select([reveal.uid]);
    useCanvas.setState({ focus: { kind: "node", uid: reveal.uid } });
    bringIntoView([card.x + card.layout.width / 2, card.y + card.layout.height / 2]);
  }, [reveal, stage]);
}

/** How much room what is brought into view needs beneath its middle: the loss has its curve there, which the buttons and
the legend must not cover. */
function footOf(stage: Stage, [x, y]: Point): number {
  const { scene } = stage.model();
  const card = scene.cards[scene.lossCard];
  const plate = lossPlateAt(scene);
  const { zoom, width } = stage.viewport();
  if (!card || !plate || x < card.x || x > card.x + card.layout.width) return MARGIN_Y;
  if (y < card.y || y > plate.y) return MARGIN_Y;
  return Math.max(MARGIN_Y, (plate.y + LOSS_PLATE_HEIGHT - y) * zoom + cornersOf(width) + PLATE_GAP);
}

/** How far a place lies beyond the part of a length that keeps a margin from both its ends: negative before it. */
function outside(place: number, length: number, margin: number, after: number = margin): number {
  return place - Math.max(margin, Math.min(Math.max(margin, length - after), place));
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
