/** Draws the small pictures of tensors: strips and heat maps through one staging image, histograms as bars. */
import type { Rect } from "../canvas/card-layout";
import type { Picture } from "../wire/messages";
import type { Palette } from "./palette";

const STAGE_WIDTH = 512;
const STAGE_HEIGHT = 512;

interface Placed {
  sourceX: number;
  sourceY: number;
  columns: number;
  rows: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Collects the cells of all pictures of a frame in one image, uploads it once and draws every part of it. */
export class PictureStage {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private readonly image: ImageData;
  private readonly pixels: Uint32Array;
  private readonly placed: Placed[] = [];
  private count = 0;
  private shelfX = 0;
  private shelfY = 0;
  private shelfHeight = 0;

  constructor() {
    this.canvas = document.createElement("canvas");
    this.canvas.width = STAGE_WIDTH;
    this.canvas.height = STAGE_HEIGHT;
    this.context = this.canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
    this.image = this.context.createImageData(STAGE_WIDTH, STAGE_HEIGHT);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  /** Adds a strip or a heat map, to be drawn at `x`, `y`. Draws what was collected first where the image is full. */
  add(
    target: CanvasRenderingContext2D,
    picture: Picture,
    bytes: Int8Array,
    palette: Palette,
    x: number,
    y: number,
    area: Rect,
  ): void {
    const { rows, columns, offset } = picture;
    if (columns > STAGE_WIDTH || rows > STAGE_HEIGHT || offset + rows * columns > bytes.length) return;
    if (!this.reserve(rows, columns)) {
      this.flush(target);
      this.reserve(rows, columns);
    }
    const { cells } = palette;
    for (let row = 0; row < rows; row += 1) {
      const to = (this.shelfY + row) * STAGE_WIDTH + this.shelfX;
      const from = offset + row * columns;
      for (let column = 0; column < columns; column += 1)
        this.pixels[to + column] = cells[(bytes[from + column] as number) & 255] as number;
    }
    this.place(picture, x, y, area);
    this.shelfX += columns;
    this.shelfHeight = Math.max(this.shelfHeight, rows);
  }

  /** Draws everything that was collected. */
  flush(target: CanvasRenderingContext2D): void {
    if (this.count > 0) {
      this.context.putImageData(this.image, 0, 0, 0, 0, STAGE_WIDTH, this.shelfY + this.shelfHeight);
      target.imageSmoothingEnabled = false;
      for (let index = 0; index < this.count; index += 1) {
        const { sourceX, sourceY, columns, rows, x, y, width, height } = this.placed[index] as Placed;
        target.drawImage(this.canvas, sourceX, sourceY, columns, rows, x, y, width, height);
      }
    }
    this.count = 0;
    this.shelfX = 0;
    this.shelfY = 0;
    this.shelfHeight = 0;
  }

  private reserve(rows: number, columns: number): boolean {
    if (this.shelfX + columns > STAGE_WIDTH) {
      this.shelfX = 0;
      this.shelfY += this.shelfHeight;
      this.shelfHeight = 0;
    }
    return this.shelfY + rows <= STAGE_HEIGHT;
  }

  private place(picture: Picture, x: number, y: number, area: Rect): void {
    const place = this.placed[this.count] ?? newPlace();
    place.sourceX = this.shelfX;
    place.sourceY = this.shelfY;
    place.columns = picture.columns;
    place.rows = picture.rows;
    place.x = x + area.x;
    place.y = y + area.y;
    place.width = area.width;
    place.height = area.height;
    this.placed[this.count] = place;
    this.count += 1;
  }
}

function newPlace(): Placed {
  return { sourceX: 0, sourceY: 0, columns: 0, rows: 0, x: 0, y: 0, width: 0, height: 0 };
}

/**
 * Draws a histogram: bins below zero in the colour of minus, above in that of plus, so that a gradient's signs are
 * seen; without colours (values) in one tone.
 */
export function paintHistogram(
  context: CanvasRenderingContext2D,
  picture: Picture,
  bytes: Int8Array,
  x: number,
  y: number,
  area: Rect,
  zeroBin: number,
  below: string,
  above: string,
): void {
  const { columns, offset } = picture;
  if (offset + columns > bytes.length || columns === 0) return;
  const step = area.width / columns;
  const foot = y + area.y + area.height;
  for (let side = 0; side < 2; side += 1) {
    const first = side === 0 ? 0 : Math.max(0, Math.min(columns, zeroBin));
    const last = side === 0 ? Math.max(0, Math.min(columns, zeroBin)) : columns;
    if (first >= last) continue;
    context.fillStyle = side === 0 ? below : above;
    context.beginPath();
    for (let bin = first; bin < last; bin += 1) {
      const height = (Math.max(0, bytes[offset + bin] as number) / 127) * area.height;
      if (height > 0) context.rect(x + area.x + bin * step, foot - height, Math.max(0.5, step - 0.4), height);
    }
    context.fill();
  }
}

/** The bin in which zero lies between the least and the greatest element. */
export function binOfZero(min: number, max: number, columns: number): number {
  if (!(min < 0)) return 0;
  if (!(max > 0)) return columns;
  return Math.round((-min / (max - min)) * columns);
}
