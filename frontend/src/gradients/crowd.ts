/** Lines of one pixel, drawn straight into pixels: for so many edges that no single one is followed any more.

A canvas smooths every line, which takes it 30 ms for the 10,000 edges of 5,000 nodes where there is no GPU;
this takes 5. One pixel is one of CSS, whatever the screen's density. */

/** Draws lines into an image, and the image onto a canvas. */
export class Crowd {
  private canvas: OffscreenCanvas | null = null;
  private image: ImageData | null = null;
  private pixels = new Uint32Array(0);

  /** Begins an empty image of this size, in CSS pixels. */
  begin(width: number, height: number): void {
    if (this.image?.width === width && this.image.height === height) {
      this.pixels.fill(0);
      return;
    }
    this.canvas = new OffscreenCanvas(width, height);
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  /** Draws a line in pixels of the image; what lies outside is left out. */
  line(x1: number, y1: number, x2: number, y2: number, colour: number): void {
    const { image } = this;
    if (image) drawLine(this.pixels, image.width, image.height, x1, y1, x2, y2, colour);
  }

  /** Draws the image onto the whole of a canvas, over what is there. */
  put(context: CanvasRenderingContext2D): void {
    const { canvas, image } = this;
    const own = canvas?.getContext("2d");
    if (!(canvas && image && own)) return;
    own.putImageData(image, 0, 0);
    context.save();
    context.resetTransform();
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, 0, 0, context.canvas.width, context.canvas.height);
    context.restore();
  }
}

/** Sets each pixel of a line (Bresenham's, in steps of 1/65536), from corner to corner of what is inside. */
export function drawLine(
  pixels: Uint32Array,
  width: number,
  height: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  colour: number,
): void {
  const dx = x2 - x1;
  const dy = y2 - y1;
  let from = 0;
  let to = 1;
  if (
    x1 < 0 ||
    x2 < 0 ||
    y1 < 0 ||
    y2 < 0 ||
    x1 > width - 1 ||
    x2 > width - 1 ||
    y1 > height - 1 ||
    y2 > height - 1
  ) {
    from = Math.max(0, entry(x1, dx, width - 1), entry(y1, dy, height - 1));
    to = Math.min(1, exit(x1, dx, width - 1), exit(y1, dy, height - 1));
    if (!(from <= to)) return;
  }
  const startX = x1 + from * dx;
  const startY = y1 + from * dy;
  const acrossX = (to - from) * dx;
  const acrossY = (to - from) * dy;
  const steps = Math.max(1, Math.ceil(Math.max(Math.abs(acrossX), Math.abs(acrossY))));
  const stepX = Math.trunc((acrossX / steps) * ONE);
  const stepY = Math.trunc((acrossY / steps) * ONE);
  let x = Math.round(startX * ONE) + HALF;
  let y = Math.round(startY * ONE) + HALF;
  for (let step = 0; step <= steps; step += 1) {
    pixels[(y >> 16) * width + (x >> 16)] = colour;
    x += stepX;
    y += stepY;
  }
}

const ONE = 1 << 16;
const HALF = ONE / 2;

/** How far along a line lies where it comes into 0 to `last`. */
function entry(start: number, length: number, last: number): number {
  if (length === 0) return start < 0 || start > last ? Number.POSITIVE_INFINITY : 0;
  return ((length > 0 ? 0 : last) - start) / length;
}

/** How far along a line lies where it leaves 0 to `last`. */
function exit(start: number, length: number, last: number): number {
  if (length === 0) return 1;
  return ((length > 0 ? last : 0) - start) / length;
}
