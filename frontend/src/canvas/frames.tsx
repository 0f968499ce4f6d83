/** Frames: titled boxes behind nodes. Dragging the title moves what lies in it, the corner resizes. */
import { ViewportPortal } from "@xyflow/react";
import { type ReactNode, type PointerEvent as ReactPointerEvent, useState } from "react";
import { pairLiteral, removeFrame, setFrameField } from "../document/commands";
import type { FrameView, Point } from "../document/types";
import { useDocument } from "../editor/editor";
import { useView } from "../view/view-store";
import { displace, useCanvas } from "./canvas-store";
import { commitDisplacement } from "./pane-gestures";
import { placeInGraph, type Stage } from "./stage";
import "./frames.css";

/** All frames of the graph. */
export function Frames({ stage }: { readonly stage: Stage }): ReactNode {
  const frames = useDocument((snapshot) => snapshot.frames);
  if (frames.length === 0) return null;
  return (
    <ViewportPortal>
      {frames.map((frame) => (
        <Frame key={frame.uid} stage={stage} frame={frame} />
      ))}
    </ViewportPortal>
  );
}

interface Change {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const STILL: Change = { x: 0, y: 0, width: 0, height: 0 };
const LEAST: Point = [120, 80];

function Frame({ stage, frame }: { readonly stage: Stage; readonly frame: FrameView }): ReactNode {
  const selected = useCanvas((canvas) => canvas.frame === frame.uid);
  const [change, setChange] = useState(STILL);
  const move = (event: ReactPointerEvent): void => dragFrame(stage, frame, event, setChange);
  const resize = (event: ReactPointerEvent): void => resizeFrame(stage, frame, event, setChange);
  const color = frame.color !== null && /^#[0-9a-f]{3,8}$/i.test(frame.color) ? frame.color : undefined;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a frame groups nodes of the graph, not fields of a form
    <div
      role="group"
      aria-label={`frame ${frame.title}`}
      className={`frame nopan${selected ? " frame-selected" : ""}`}
      style={{
        left: frame.at[0] + change.x,
        top: frame.at[1] + change.y,
        width: frame.size[0] + change.width,
        height: frame.size[1] + change.height,
        ...(color ? { borderColor: color } : {}),
      }}
    >
      <div className="frame-bar" onPointerDown={move}>
        <FrameTitle stage={stage} frame={frame} />
        <button
          type="button"
          tabIndex={-1}
          className="frame-remove"
          aria-label={`Remove frame ${frame.title}`}
          onPointerDown={(event) => event.stopPropagation()}
          onClick={() => removeFrame(stage.editor.document, frame.uid)}
        >
          ×
        </button>
      </div>
      <div className="frame-corner" onPointerDown={resize} />
    </div>
  );
}

function FrameTitle({ stage, frame }: { readonly stage: Stage; readonly frame: FrameView }): ReactNode {
  const [editing, setEditing] = useState(false);
  if (!editing) {
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: a double click is one way to the title, the field another
      <span className="frame-title" onDoubleClick={() => setEditing(true)}>
        {frame.title || "Frame"}
      </span>
    );
  }
  const commit = (title: string): void => {
    setEditing(false);
    if (title !== frame.title)
      setFrameField(stage.editor.document, frame.uid, "title", JSON.stringify(title));
  };
  return (
    <input
      className="frame-title-field"
      aria-label="Title of the frame"
      defaultValue={frame.title}
      // biome-ignore lint/a11y/noAutofocus: a person has just asked to edit it
      autoFocus
      onPointerDown={(event) => event.stopPropagation()}
      onBlur={(event) => commit(event.target.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") commit(event.currentTarget.value);
        if (event.key === "Escape") setEditing(false);
      }}
    />
  );
}

type Show = (change: Change) => void;

/** Moves the frame and the nodes wholly in it, as one edit. */
function dragFrame(stage: Stage, frame: FrameView, event: ReactPointerEvent, show: Show): void {
  if (event.button !== 0) return;
  select(frame);
  const { scene } = stage.model();
  const inside = scene.cards.filter((card) => isInside(frame, card));
  const corners = inside.map(({ uid, x, y }) => [uid, x, y] as const);
  follow(stage, event, {
    move: (dx, dy) => {
      show({ ...STILL, x: dx, y: dy });
      displace(new Map(corners.map(([uid, x, y]) => [uid, [x + dx, y + dy] as Point])));
    },
    end: (dx, dy) => {
      show(STILL);
      const { document } = stage.editor;
      const at = pairLiteral([Math.round(frame.at[0] + dx), Math.round(frame.at[1] + dy)]);
      document.transact(() => {
        setFrameField(document, frame.uid, "at", at);
        commitDisplacement(document);
      });
    },
  });
}

function resizeFrame(stage: Stage, frame: FrameView, event: ReactPointerEvent, show: Show): void {
  if (event.button !== 0) return;
  select(frame);
  const least = (dx: number, dy: number): Point => [
    Math.max(LEAST[0], frame.size[0] + dx),
    Math.max(LEAST[1], frame.size[1] + dy),
  ];
  follow(stage, event, {
    move: (dx, dy) => {
      const [width, height] = least(dx, dy);
      show({ ...STILL, width: width - frame.size[0], height: height - frame.size[1] });
    },
    end: (dx, dy) => {
      show(STILL);
      const [width, height] = least(dx, dy);
      const size = pairLiteral([Math.round(width), Math.round(height)]);
      setFrameField(stage.editor.document, frame.uid, "size", size);
    },
  });
}

function select(frame: FrameView): void {
  useView.getState().select([]);
  useCanvas.setState({ frame: frame.uid, focus: null });
}

function isInside(
  frame: FrameView,
  card: { x: number; y: number; layout: { width: number; height: number } },
): boolean {
  const [left, top] = frame.at;
  const [width, height] = frame.size;
  const middleX = card.x + card.layout.width / 2;
  const middleY = card.y + card.layout.height / 2;
  return middleX > left && middleX < left + width && middleY > top && middleY < top + height;
}

interface Drag {
  readonly move: (dx: number, dy: number) => void;
  readonly end: (dx: number, dy: number) => void;
}

function follow(stage: Stage, start: ReactPointerEvent, drag: Drag): void {
  start.stopPropagation();
  const from = placeInGraph(stage, start);
  let [dx, dy] = [0, 0];
  const move = (event: PointerEvent): void => {
    const to = placeInGraph(stage, event);
    [dx, dy] = [to.x - from.x, to.y - from.y];
    drag.move(dx, dy);
  };
  const end = (): void => {
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", end);
    window.removeEventListener("pointercancel", end);
    if (dx !== 0 || dy !== 0) drag.end(dx, dy);
  };
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", end);
  window.addEventListener("pointercancel", end);
}
