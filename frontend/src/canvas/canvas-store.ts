/** What is going on on the canvas of this browser: focus, pointer, gestures, open lists. Never document or run. */
import { create } from "zustand";
import type { Point } from "../document/types";
import type { DraggedWire } from "../gradients/overlay";
import { EMPTY_SCENE, type Scene } from "../gradients/scene";
import type { WireEnd } from "../view/view-store";
import type { WireFits } from "./wire-fits";

/** Where the keyboard stands. An edge remembers from which end it was entered: its siblings are those of that end. */
export type Focus =
  | { readonly kind: "node"; readonly uid: string }
  | { readonly kind: "edge"; readonly id: string; readonly end: "source" | "target" };

/** Where a step of the keyboard leads: frames are walked to after the nodes. */
export type Stand = Focus | { readonly kind: "frame"; readonly uid: string };

/** What the pointer is over, and where, in pixels of the canvas' corner. */
export interface Hover {
  readonly edge: string | null;
  readonly node: string | null;
  readonly x: number;
  readonly y: number;
}

/** A sentence at a place of the canvas: why a wire does not fit. */
export interface Remark {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** A rectangle being drawn, in the graph's units. */
export interface Marquee {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** The state of the canvas, and the verbs that change it. */
export interface CanvasState {
  readonly focus: Focus | null;
  readonly hover: Hover | null;
  readonly wire: DraggedWire | null;
  /** What the wire being dragged fits; cards show it on their sockets. */
  readonly fits: WireFits | null;
  readonly remark: Remark | null;
  readonly marquee: Marquee | null;
  /** Where nodes are while they are dragged; the document gets it when they are let go. */
  readonly displaced: ReadonlyMap<string, Point>;
  /** The list of sockets for a wire by keyboard. */
  readonly connecting: WireEnd | null;
  readonly finding: boolean;
  /** The selected frame, by uid; a frame and nodes or an edge are never selected together. */
  readonly frame: string | null;
  /** The frame whose title is being typed. */
  readonly titling: string | null;
  /** How many pixels at the top of the canvas a banner takes, 0 without one. */
  readonly banner: number;
  /** What the mounted canvas draws, and where. */
  readonly scene: () => Scene;
  /** Counts requests to show everything. */
  readonly fitCount: number;
  /** Where the keyboard's focus has to be brought into view; `count` tells requests apart. */
  readonly bring: { readonly at: Point; readonly count: number } | null;
}

const NOWHERE: ReadonlyMap<string, Point> = new Map();

/** The one canvas store of the page. */
export const useCanvas = create<CanvasState>()(() => ({
  focus: null,
  hover: null,
  wire: null,
  fits: null,
  remark: null,
  marquee: null,
  displaced: NOWHERE,
  connecting: null,
  finding: false,
  frame: null,
  titling: null,
  banner: 0,
  scene: () => EMPTY_SCENE,
  fitCount: 0,
  bring: null,
}));

/** Shows nodes where they are dragged to. */
export function displace(displaced: ReadonlyMap<string, Point>): void {
  useCanvas.setState({ displaced });
}

/** Shows nodes where the document has them again. */
export function endDisplacement(): void {
  useCanvas.setState({ displaced: NOWHERE });
}

/** Shows everything. */
export function fitView(): void {
  useCanvas.setState({ fitCount: useCanvas.getState().fitCount + 1 });
}

/** Brings a place of the graph into view. */
export function bringIntoView(at: Point): void {
  useCanvas.setState({ bring: { at, count: (useCanvas.getState().bring?.count ?? 0) + 1 } });
}

/** The name under which the canvas is found. */
export const CANVAS_NAME = "Graph canvas";
