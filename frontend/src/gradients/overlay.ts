/** The one canvas above the nodes that draws every live number. Draws only when something changed, once a display frame. */
import type { Frame } from "../run/frame";
import { NONFINITE, NORM, ROW } from "../run/frame";
import type { Run } from "../run/run-store";
import { FigurePainter } from "./card-figures";
import { cutCards } from "./card-holes";
import { paintFarCards } from "./far-cards";
import type { Palette } from "./palette";
import { type PlateSizes, type Plates, placePlates, plateSizes } from "./plate-placement";
import { PlatePainter, paintLossPlate } from "./plates";
import { RibbonScale } from "./ribbon-scale";
import { Ribbons, trace, traceEnds } from "./ribbons";
import { EMPTY_SCENE, type Scene, type SceneEdge } from "./scene";
import { FAR_ZOOM, PLATE_ZOOM, type Seen, seen, type Viewport } from "./viewport";

/** A wire that is being dragged, in the graph's units; `fits` is false over what refuses it. */
export interface DraggedWire {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly fits: boolean;
}

/** What a person points at or does, as far as it is drawn. */
export interface Marks {
  readonly selection: ReadonlySet<string>;
  readonly selectedEdge: string | null;
  readonly hoveredEdge: string | null;
  readonly focusedEdge: string | null;
  /** An edge that is being re-plugged: it is not drawn. */
  readonly wire: DraggedWire | null;
  readonly marquee: {
    readonly x1: number;
    readonly y1: number;
    readonly x2: number;
    readonly y2: number;
  } | null;
}

/** How strongly ribbons and plates are drawn while a wire is dragged. */
const FADED = 0.25;

const NO_MARKS: Marks = {
  selection: new Set(),
  selectedEdge: null,
  hoveredEdge: null,
  focusedEdge: null,
  wire: null,
  marquee: null,
};

/** Draws a scene with the newest frame onto one canvas. */
export class Overlay {
  private readonly context: CanvasRenderingContext2D;
  private scene: Scene = EMPTY_SCENE;
  private viewport: Viewport = { x: 0, y: 0, zoom: 1, width: 0, height: 0 };
  private palette: Palette | null = null;
  private marks: Marks = NO_MARKS;
  private plates: Plates | null = null;
  private sizesOfPlates: PlateSizes = { preferred: 1, least: 1 };
  private frame: Frame | null = null;
  private scaledRun = -1;
  private told: Run["largest"] = null;
  private request = 0;
  private readonly ribbons = new Ribbons();
  private readonly platePainter = new PlatePainter();
  private readonly figures = new FigurePainter();
  /** The width's scale, for the legend. */
  readonly scale = new RibbonScale();
  private readonly view: Seen = { left: 0, top: 0, right: 0, bottom: 0 };

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly run: Run,
  ) {
    this.context = canvas.getContext("2d") as CanvasRenderingContext2D;
  }

  /** Shows another scene. */
  setScene(scene: Scene, outputs: number): void {
    if (!scene.isLaidOutAs(this.scene)) this.plates = null;
    this.scene = scene;
    this.platePainter.resize(scene.edges.length);
    this.figures.resize(outputs);
    this.invalidate();
  }

  /** Moves a card while it is dragged. */
  moveCard(uid: string, x: number, y: number): void {
    if (!this.scene.moveCard(uid, x, y)) return;
    this.plates = null;
    this.invalidate();
  }

  /** Follows pan, zoom and the canvas' size. */
  setViewport(viewport: Viewport): void {
    this.viewport = viewport;
    this.invalidate();
  }

  /** Takes the theme's colours. */
  setPalette(palette: Palette): void {
    this.palette = palette;
    this.invalidate();
  }

  /** Takes what a person points at. */
  setMarks(marks: Marks): void {
    const names = Object.keys(marks) as (keyof Marks)[];
    if (names.every((name) => marks[name] === this.marks[name])) return;
    this.marks = marks;
    this.invalidate();
  }

  /** Takes the frame that is to be shown. */
  takeFrame(frame: Frame | null): void {
    this.frame = frame;
    if (frame) this.rescale(frame);
    this.invalidate();
  }

  /** Draws before the next display frame. */
  invalidate(): void {
    if (this.request === 0) this.request = requestAnimationFrame(this.draw);
  }

  /** Stops drawing. */
  dispose(): void {
    cancelAnimationFrame(this.request);
    this.request = 0;
  }

  /** The middle of an edge's plate, or of the edge where it has none. */
  plateOf(edge: number): { x: number; y: number } {
    const { x, y } = this.placed();
    const px = x[edge] as number;
    if (!Number.isNaN(px)) return { x: px, y: y[edge] as number };
    const { scene } = this;
    return {
      x: ((scene.x1[edge] as number) + (scene.x2[edge] as number)) / 2,
      y: ((scene.y1[edge] as number) + (scene.y2[edge] as number)) / 2,
    };
  }

  /** A new run or an evaluation after an edit begins the scale anew; within a run it only grows, in all pages alike. */
  private rescale(frame: Frame): void {
    if (frame.evaluation || frame.run !== this.scaledRun) this.scale.reset();
    this.scaledRun = frame.run;
    let largest = 0;
    for (let row = 0; row * ROW < frame.edges.length; row += 1) {
      const norm = frame.edges[row * ROW + NORM] as number;
      if (frame.edges[row * ROW + NONFINITE] === 0 && norm > largest) largest = norm;
    }
    const { largest: told } = this.run;
    if (told !== this.told && told?.run === frame.run) {
      this.scale.reset();
      this.scale.include(told.norm);
    }
    this.told = told;
    this.scale.include(largest);
  }

  /** Plates stand on edges that can have a gradient, so that they stay where they are while numbers stream. */
  private placed(): Plates {
    const { scene } = this;
    const sizes = plateSizes(this.viewport.zoom);
    const { preferred, least } = this.sizesOfPlates;
    if (this.plates === null || sizes.preferred !== preferred || sizes.least !== least) {
      this.sizesOfPlates = sizes;
      const shown = ({ row, why }: SceneEdge): boolean => row >= 0 && why === null;
      this.plates = placePlates(scene, (edge) => shown(scene.edges[edge] as SceneEdge), sizes);
    }
    return this.plates;
  }

  private readonly draw = (): void => {
    this.request = 0;
    const { palette, viewport, context } = this;
    if (palette === null || viewport.width === 0) return;
    this.fitBacking();
    const density = this.canvas.width / viewport.width;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const scale = density * viewport.zoom;
    context.setTransform(scale, 0, 0, scale, density * viewport.x, density * viewport.y);
    seen(viewport, 8, this.view);
    this.paint(palette);
  };

  private paint(palette: Palette): void {
    const { context, scene, frame, view, viewport } = this;
    const { zoom } = viewport;
    const far = zoom < FAR_ZOOM;
    this.paintHighlights(palette, zoom);
    const figures = frame && !frame.withoutGradients ? frame.edges : null;
    this.ribbons.paint(context, scene, figures, this.scale, palette, view, zoom);
    if (this.marks.wire) this.fade();
    if (far) paintFarCards(context, scene, frame, palette, view, zoom, this.marks.selection);
    else {
      cutCards(context, scene, view);
      if (frame) this.figures.paint(context, scene, frame, palette, view, this.marks.selection);
    }
    if (zoom >= PLATE_ZOOM && figures) {
      const plates = this.placed();
      const { history, replay } = this.run;
      const reach = replay.frame ? history.countUpTo(replay.reach) : history.count;
      const points = replay.frame ? history.countUpTo(replay.frame.step) : reach;
      context.globalAlpha = this.marks.wire ? FADED : 1;
      this.platePainter.paint(context, scene, plates, figures, history, reach, points, palette, view);
      context.globalAlpha = 1;
    }
    if (!far) this.paintLoss(palette);
    this.paintActions(palette, zoom);
  }

  /** While a wire is in the hand, what is drawn so far steps back: sockets and their names are read through it. */
  private fade(): void {
    const { context, view } = this;
    context.globalCompositeOperation = "destination-in";
    context.globalAlpha = FADED;
    context.fillRect(view.left, view.top, view.right - view.left, view.bottom - view.top);
    context.globalAlpha = 1;
    context.globalCompositeOperation = "source-over";
  }

  private paintHighlights(palette: Palette, zoom: number): void {
    const { selectedEdge, hoveredEdge, focusedEdge } = this.marks;
    this.paintHalo(hoveredEdge, palette.line, zoom);
    this.paintHalo(focusedEdge, palette.selection, zoom);
    this.paintHalo(selectedEdge, palette.selection, zoom);
  }

  private paintHalo(id: string | null, colour: string, zoom: number): void {
    const edge = this.scene.edgeNumber(id);
    if (edge < 0) return;
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = this.ribbons.widthOf(edge) + 5;
    context.beginPath();
    trace(context, this.scene, edge, zoom);
    context.stroke();
  }

  private paintLoss(palette: Palette): void {
    const book = this.run.losses.current();
    const loss = this.frame?.loss ?? Number.NaN;
    const { replay } = this.run;
    const count = book?.count ?? 0;
    const reach = replay.frame ? Math.min(count, replay.reach) : count;
    const points = replay.frame ? Math.min(reach, replay.frame.step) : reach;
    paintLossPlate(this.context, this.scene, book?.values ?? null, reach, points, loss, palette);
  }

  private paintActions(palette: Palette, zoom: number): void {
    const { context } = this;
    const { wire, marquee } = this.marks;
    if (wire) {
      context.strokeStyle = wire.fits ? palette.selection : palette.faint;
      context.lineWidth = 2.5;
      context.beginPath();
      traceEnds(context, wire.x1, wire.y1, wire.x2, wire.y2, false);
      context.stroke();
    }
    if (marquee) {
      const { x1, y1, x2, y2 } = marquee;
      context.strokeStyle = palette.selection;
      context.lineWidth = 1 / zoom;
      context.globalAlpha = 0.08;
      context.fillStyle = palette.selection;
      context.fillRect(x1, y1, x2 - x1, y2 - y1);
      context.globalAlpha = 1;
      context.strokeRect(x1, y1, x2 - x1, y2 - y1);
    }
  }

  /** The canvas has as many pixels as the screen shows of it. */
  private fitBacking(): void {
    const density = window.devicePixelRatio || 1;
    const width = Math.round(this.viewport.width * density);
    const height = Math.round(this.viewport.height * density);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
  }
}
