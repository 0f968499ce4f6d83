import { describe, expect, it } from "vitest";
import { figure, MEAN, NORM } from "../run/frame";
import { decodeFrame, decodeFrames } from "./decode-frame";

/** A frame of two edges, one output, one leaf and three bytes of pictures, as docs/wire.md has it. */
function encode(exact: boolean): ArrayBuffer {
  const width = exact ? 8 : 4;
  const pad = (bytes: number): number => Math.ceil(bytes / 8) * 8;
  const rows = [2, 1, 1, 1];
  const size = rows.reduce((at, count) => at + pad(count * 5 * width), 64) + 3;
  const buffer = new ArrayBuffer(size);
  const view = new DataView(buffer);
  for (const [at, value] of [
    [0, 0x31464347],
    [4, 9],
    [8, 3],
    [12, exact ? 1 : 4],
    [32, 2],
    [36, 1],
    [40, 1],
    [44, 3],
    [48, 7],
  ] as const)
    view.setUint32(at, value, true);
  view.setBigUint64(16, 137n, true);
  view.setFloat64(24, 0.25, true);
  let at = 64;
  let value = 1;
  for (const count of rows) {
    for (let index = 0; index < count * 5; index += 1) {
      if (exact) view.setFloat64(at + index * 8, value, true);
      else view.setFloat32(at + index * 4, value, true);
      value += 1;
    }
    at += pad(count * 5 * width);
  }
  new Int8Array(buffer, at, 3).set([-128, 0, 127]);
  return buffer;
}

describe("a frame", () => {
  it.each([true, false])("is decoded with its figures as views (exact: %s)", (exact) => {
    const buffer = encode(exact);

    const frame = decodeFrame(buffer);

    expect(frame).toMatchObject({ number: 9, layout: 3, exact, step: 137, loss: 0.25, run: 7 });
    expect(frame?.edges.buffer).toBe(buffer);
    expect(Array.from(frame?.edges ?? [])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(Array.from(frame?.deposits ?? [])).toEqual([21, 22, 23, 24, 25]);
    expect(Array.from(frame?.pictures ?? [])).toEqual([-128, 0, 127]);
  });

  it("is also decoded from bytes that begin anywhere", () => {
    const shifted = new Uint8Array(new Uint8Array([0, ...new Uint8Array(encode(true))]).buffer, 1);

    expect(decodeFrame(shifted)?.edges[0]).toBe(1);
  });

  it("is none where bytes are missing or are something else", () => {
    expect(decodeFrame(encode(true).slice(0, 100))).toBeNull();
    expect(decodeFrame(new ArrayBuffer(64))).toBeNull();
    expect(decodeFrame(new ArrayBuffer(3))).toBeNull();
  });
});

describe("a batch of frames", () => {
  const batch = (...frames: ArrayBuffer[]): Uint8Array => {
    const parts = frames.map((frame) => {
      const part = new Uint8Array(8 + Math.ceil(frame.byteLength / 8) * 8);
      new DataView(part.buffer).setUint32(0, part.length - 8, true);
      part.set(new Uint8Array(frame), 8);
      return part;
    });
    return new Uint8Array(parts.flatMap((part) => Array.from(part)));
  };

  it("is decoded in its order, with views of the batch", () => {
    const bytes = batch(encode(false), encode(true), encode(false));

    const frames = decodeFrames(bytes);

    expect(frames.map((frame) => frame.exact)).toEqual([false, true, false]);
    expect(frames.every((frame) => frame.edges.buffer === bytes.buffer)).toBe(true);
  });

  it("loses only what is cut short", () => {
    const bytes = batch(encode(false), encode(true));

    expect(decodeFrames(bytes.slice(0, -1)).length).toBe(1);
    expect(decodeFrames(new Uint8Array([255, 255, 255, 255, 0, 0, 0, 0]))).toEqual([]);
    expect(decodeFrames(new ArrayBuffer(0))).toEqual([]);
  });
});

describe("a figure", () => {
  it("is null where the row has nothing", () => {
    const figures = new Float64Array([1, 2, 3, 4, 0, Number.NaN, Number.NaN, Number.NaN, Number.NaN, -1]);

    expect(figure(figures, 0, MEAN)).toBe(2);
    expect(figure(figures, 1, NORM)).toBeNull();
    expect(figure(figures, 5, NORM)).toBeNull();
    expect(figure(figures, undefined, NORM)).toBeNull();
  });
});
