/** Decodes a frame as docs/wire.md has it: views of the bytes that came, nothing copied. */
import type { Figures, Frame } from "../run/frame";
import { ROW } from "../run/frame";
import type { NormCourse } from "../run/norm-history";

const MAGIC = 0x31464347;
const HEADER_BYTES = 64;
const HISTORY_HEADER_BYTES = 32;

/** The frame in these bytes, or null where they are none. */
export function decodeFrame(data: ArrayBuffer | Uint8Array): Frame | null {
  const bytes = aligned(data);
  if (bytes.byteLength < HEADER_BYTES) return null;
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  if (header.getUint32(0, true) !== MAGIC) return null;
  const flags = header.getUint32(12, true);
  const counts = [32, 36, 40].map((at) => header.getUint32(at, true)) as [number, number, number];
  const blocks = new Blocks(bytes, (flags & 1) !== 0);
  const [edges, outputs, leaves] = counts;
  const pictureBytes = header.getUint32(44, true);
  if (blocks.need([edges, outputs, outputs, leaves]) + pictureBytes > bytes.byteLength) return null;
  return {
    number: header.getUint32(4, true),
    layout: header.getUint32(8, true),
    exact: (flags & 1) !== 0,
    evaluation: (flags & 2) !== 0,
    withoutGradients: (flags & 4) !== 0,
    step: Number(header.getBigUint64(16, true)),
    loss: header.getFloat64(24, true),
    run: header.getUint32(48, true),
    edges: blocks.figures(edges),
    values: blocks.figures(outputs),
    gradients: blocks.figures(outputs),
    deposits: blocks.figures(leaves),
    pictures: blocks.pictures(pictureBytes),
  };
}

/** The frames in a batch: before each its length and four bytes of nothing. What is cut short is left out. */
export function decodeFrames(batch: ArrayBuffer | Uint8Array): Frame[] {
  const bytes = aligned(batch);
  const lengths = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: Frame[] = [];
  let at = 0;
  while (at + 8 <= bytes.byteLength) {
    const start = at + 8;
    at = start + lengths.getUint32(at, true);
    const frame = at <= bytes.byteLength ? decodeFrame(bytes.subarray(start, at)) : null;
    if (frame !== null) frames.push(frame);
  }
  return frames;
}

/** The courses of the edges' norms, or null where these bytes are none. */
export function decodeHistory(data: ArrayBuffer | Uint8Array): NormCourse | null {
  const bytes = aligned(data);
  if (bytes.byteLength < HISTORY_HEADER_BYTES) return null;
  const header = new DataView(bytes.buffer, bytes.byteOffset, HISTORY_HEADER_BYTES);
  const [run, layout, points, edges] = [0, 4, 8, 12].map((at) => header.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
  ];
  if (bytes.byteLength !== HISTORY_HEADER_BYTES + points * (8 + 4 * edges)) return null;
  const start = bytes.byteOffset + HISTORY_HEADER_BYTES;
  return {
    run,
    layout,
    largest: header.getFloat64(16, true),
    stride: header.getFloat64(24, true),
    steps: new Float64Array(bytes.buffer, start, points),
    norms: new Float32Array(bytes.buffer, start + points * 8, points * edges),
  };
}

/** Reads blocks one after another, each from a multiple of 8. */
class Blocks {
  private at = HEADER_BYTES;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly exact: boolean,
  ) {}

  /** Where the pictures begin, with these numbers of rows. */
  need(rows: readonly number[]): number {
    return rows.reduce((at, count) => at + pad(count * ROW * this.width), HEADER_BYTES);
  }

  figures(rows: number): Figures {
    const count = rows * ROW;
    const start = this.bytes.byteOffset + this.at;
    this.at += pad(count * this.width);
    const buffer = this.bytes.buffer;
    return this.exact ? new Float64Array(buffer, start, count) : new Float32Array(buffer, start, count);
  }

  pictures(count: number): Int8Array {
    return new Int8Array(this.bytes.buffer, this.bytes.byteOffset + this.at, count);
  }

  private get width(): number {
    return this.exact ? 8 : 4;
  }
}

function pad(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** Typed arrays need their start at a multiple of 8; a socket's own buffer begins there. */
function aligned(data: ArrayBuffer | Uint8Array): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return data.byteOffset % 8 === 0 ? data : data.slice();
}
