/** The autograd graph in PyTorchViz's colours: blue leaves, grey operations, the green start. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { askWorker } from "../../editor/ask-worker";
import { useEditor } from "../../editor/editor";
import { useView } from "../../view/view-store";
import { useAnswer } from "./answers";
import type { AutogradGraph, AutogradLayout } from "./autograd-graph";

/** More than this many boxes are not laid out: nobody could read them. */
const MOST_BOXES = 1500;

/** The picture, or why there is none. */
export function AutogradView(): ReactNode {
  const { result, refusal } = useAnswer<AutogradGraph>("autograd");
  const { layout, failure } = useLayout(result);
  if (result === null) return <p className="dock-empty">{refusal ?? "Asking autograd…"}</p>;
  if (result.nodes.length === 0)
    return (
      <p className="dock-empty">
        Autograd recorded nothing: choose a loss, and let something it depends on require a gradient.
      </p>
    );
  if (result.nodes.length > MOST_BOXES)
    return (
      <p className="dock-empty">
        {result.nodes.length} operations are too many to draw; Export gives them as DOT.
      </p>
    );
  if (failure !== null)
    return (
      <p className="dock-empty" role="alert">
        The {result.nodes.length} operations could not be laid out: {failure}. Export gives them as DOT.
      </p>
    );
  if (layout === null) return <p className="dock-empty">Laying out {result.nodes.length} operations…</p>;
  return <Picture layout={layout} />;
}

interface Outcome {
  readonly layout: AutogradLayout | null;
  readonly failure: string | null;
}

/** The layout, which stays until the next one has come. */
function useLayout(graph: AutogradGraph | null): Outcome {
  const [outcome, setOutcome] = useState<Outcome>({ layout: null, failure: null });
  useEffect(() => {
    if (graph === null || graph.nodes.length > MOST_BOXES) return;
    let current = true;
    const worker = new Worker(new URL("./autograd-layout-worker.ts", import.meta.url), { type: "module" });
    askWorker<AutogradLayout>(worker, graph).then(
      (layout) => current && setOutcome({ layout, failure: null }),
      (error: Error) => current && setOutcome({ layout: null, failure: error.message }),
    );
    return () => {
      current = false;
      worker.terminate();
    };
  }, [graph]);
  return outcome;
}

/** Below this a picture is scrolled, not shrunk further. */
const SMALLEST = 0.6;

function Picture({ layout }: { readonly layout: AutogradLayout }): ReactNode {
  const place = useRef<SVGSVGElement>(null);
  const [room, setRoom] = useState<readonly [number, number]>([0, 0]);
  useEffect(() => {
    const panel = place.current?.parentElement;
    if (!panel) return;
    const watcher = new ResizeObserver(() => setRoom([panel.clientWidth, panel.clientHeight]));
    watcher.observe(panel);
    return () => watcher.disconnect();
  }, []);
  const fitting = Math.min(1, room[0] / layout.width, room[1] / layout.height);
  const scale = Math.max(SMALLEST, fitting);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot hold a drawing
    <svg
      ref={place}
      className="autograd"
      width={layout.width * scale}
      height={layout.height * scale}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      role="group"
      aria-label="Autograd graph"
    >
      <defs>
        <marker
          id="autograd-arrow"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto"
        >
          <path className="autograd-arrow" d="M0 0.500L8 4L0 7.500z" />
        </marker>
      </defs>
      {layout.paths.map((points) => (
        <path
          key={points.map(({ x, y }) => `${x},${y}`).join(" ")}
          className="autograd-link"
          d={pathOf(points)}
          markerEnd="url(#autograd-arrow)"
        />
      ))}
      {layout.boxes.map((box) => (
        <Box key={box.id} box={box} />
      ))}
    </svg>
  );
}

function Box({ box }: { readonly box: AutogradLayout["boxes"][number] }): ReactNode {
  const { document } = useEditor();
  const id = box.node?.split(/[./]/)[0] ?? "";
  const go = (): void => {
    const node = document.getSnapshot().byId.get(id);
    if (!node) return;
    useView.getState().select([node.uid]);
    useView.getState().revealNode(node.uid);
  };
  const note = [box.node === box.label ? null : box.node, box.shape ? `(${box.shape.join(", ")})` : null]
    .filter(Boolean)
    .join(" ");
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button element cannot stand in a drawing
    <g
      className="autograd-box"
      data-kind={box.kind}
      data-autograd={box.label}
      role="button"
      aria-label={`${box.label} ${note}`.trim()}
      tabIndex={0}
      transform={`translate(${box.x - box.width / 2} ${box.y - box.height / 2})`}
      onClick={go}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        go();
      }}
    >
      <rect width={box.width} height={box.height} rx={6} />
      <text x={box.width / 2} y={note ? 16 : 23}>
        {box.label}
      </text>
      {note && (
        <text className="autograd-note" x={box.width / 2} y={29}>
          {note}
        </text>
      )}
    </g>
  );
}

function pathOf(points: readonly { readonly x: number; readonly y: number }[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  if (rest.length === 2) {
    const [middle, end] = rest;
    return `M${first.x} ${first.y} Q${middle?.x} ${middle?.y} ${end?.x} ${end?.y}`;
  }
  return `M${first.x} ${first.y}${rest.map(({ x, y }) => ` L${x} ${y}`).join("")}`;
}
