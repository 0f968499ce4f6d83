/** A page with nothing but the canvas and synthetic frames, which go the way of real ones: bytes, decoding, run, overlay.

Query: `nodes`, `rate` (frames a second). `window.measure(seconds)` gives the intervals between display frames. */
import { createRoot } from "react-dom/client";
import { takeCatalog } from "../../catalog/catalog-store";
import { paste } from "../../document/commands";
import { GraphDocument } from "../../document/graph-document";
import { type Editor, EditorProvider } from "../../editor/editor";
import { Run } from "../../run/run-store";
import { useView } from "../../view/view-store";
import { decodeFrame } from "../../wire/decode-frame";
import { useWire } from "../../wire/wire-store";
import { GraphCanvas } from "../graph-canvas";
import { encodeFrame, OPERATIONS, synthesize } from "./synthetic";
import "../../theme/tokens.css";
import "./bench.css";

declare global {
  interface Window {
    measure: (seconds: number) => Promise<Measured>;
  }
}

interface Measured {
  /** Milliseconds between display frames, in order of size. */
  readonly intervals: readonly number[];
  /** Frames of numbers that arrived meanwhile. */
  readonly frames: number;
}

const query = new URLSearchParams(window.location.search);
const count = Number(query.get("nodes") ?? 1000);
const rate = Number(query.get("rate") ?? 30);
const dark = query.get("theme") === "dark";

takeCatalog({ torch: "", operations: OPERATIONS });
document.documentElement.dataset.theme = dark ? "dark" : "light";
useView.getState().setDark(dark);
const synthetic = synthesize(count);
const editor: Editor = {
  document: new GraphDocument(),
  run: new Run(),
  wire: {
    graph: "bench",
    command: () => Promise.resolve(true),
    query: () => Promise.reject(new Error("There is no server behind this page.")),
    saveAgain: () => undefined,
  },
};
paste(editor.document, synthetic.file, null, false);
editor.run.takeLayout(synthetic.layout);
useWire.setState({ loaded: true });

let number = 0;
const queue = Array.from({ length: 60 }, (_, index) => encodeFrame(index, synthetic.edges, count));
const send = (): void => {
  const bytes = queue[number % queue.length] as ArrayBuffer;
  new DataView(bytes).setUint32(4, number, true);
  number += 1;
  const frame = decodeFrame(bytes);
  if (frame) editor.run.takeFrame(frame);
};
send();
if (rate > 0) setInterval(send, 1000 / rate);

window.measure = (seconds) =>
  new Promise((resolve) => {
    const intervals: number[] = [];
    const first = number;
    const begin = performance.now();
    let last = begin;
    const next = (now: number): void => {
      intervals.push(now - last);
      last = now;
      if (now - begin < seconds * 1000) requestAnimationFrame(next);
      else resolve({ intervals: intervals.slice(1).sort((one, two) => one - two), frames: number - first });
    };
    requestAnimationFrame(next);
  });

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <EditorProvider value={editor}>
      <GraphCanvas />
    </EditorProvider>,
  );
}
