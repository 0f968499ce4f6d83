/** Frames: titled boxes behind nodes. Dragging the title moves what lies in it, the corner resizes. */
import { ViewportPortal } from "@xyflow/react";
import { type ReactNode, type PointerEvent as ReactPointerEvent, useEffect, useRef, useState } from "react";
import { pairLiteral, setFrameField } from "../document/commands";
import type { FrameView, Point } from "../document/types";
import { useDocument } from "../editor/editor";
import { focusCanvas } from "../editor/focus-canvas";
import { useView } from "../view/view-store";
import { displace, useCanvas } from "./canvas-store";
import { isInside, removeSelectedFrame, selectFrame } from "./frame-commands";
import { commitDisplacement } from "./pane-gestures";
import { placeInGraph, type Stage } from "./stage";
import "./frames.css";

/** All frames of the graph. */
export function Frames({ stage }: { readonly stage: Stage }): ReactNode {
  const frames = useDocument((snapshot) => snapshot.frames);
  useEffect(() => useView.subscribe(leaveFrame), []);
  if (frames.length === 0) return null;
  return (
    <ViewportPortal>
      {frames.map((frame) => (
        <Frame key={frame.uid} stage={stage} frame={frame} />
      ))}
    </ViewportPortal>
  );
}

/** What is selected of the graph is selected alone. */
function leaveFrame({ selection, edge }: ReturnType<typeof useView.getState>): void {
  if (useCanvas.getState().frame !== null && (selection.size > 0 || edge !== null))
    useCanvas.setState({ frame: null });
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
  const titling = useCanvas((canvas) => canvas.titling === frame.uid);
  const [change, setChange] = useState(STILL);
  useFocusBack(titling);
  const move = (event: ReactPointerEvent): void => dragFrame(stage, frame, event, setChange);
  const resize = (event: ReactPointerEvent): void => resizeFrame(stage, frame, event, setChange);
  const color = frame.color !== null && /^#[0-9a-f]{3,8}$/i.test(frame.color) ? frame.color : undefined;
  const [left, top] = [frame.at[0] + change.x, frame.at[1] + change.y];
  const [width, height] = [frame.size[0] + change.width, frame.size[1] + change.height];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a frame groups nodes of the graph, not fields of a form
    <div
      role="group"
      id={frameElementId(frame.uid)}
      aria-label={`frame ${frame.title || "without a title"}`}
      data-frame={frame.title}
      data-selected={selected}
    >
      <div
        className="frame nopan"
        style={{ left, top, width, height, ...(color ? { borderColor: color } : {}) }}
      >
        <div className="frame-bar" onPointerDown={move} />
        <div className="frame-corner" onPointerDown={resize} />
      </div>
      <div className="frame-head nopan" style={{ left, top, maxWidth: width }} onPointerDown={move}>
        {titling ? (
          <TitleField stage={stage} frame={frame} />
        ) : (
          // biome-ignore lint/a11y/noStaticElementInteractions: a double click is one way to the title, F2 another
          <span className="frame-title" onDoubleClick={() => useCanvas.setState({ titling: frame.uid })}>
            {frame.title || "Frame"}
          </span>
        )}
        <button
          type="button"
          tabIndex={-1}
          className="frame-remove"
          aria-label={`Remove frame ${frame.title}`}
          title="Remove the frame; its nodes stay (Delete)"
          onPointerDown={(event) => event.stopPropagation()}
          onClick={() => {
            selectFrame(frame.uid);
            removeSelectedFrame(stage.editor);
            focusCanvas();
          }}
        >
          ×
        </button>
      </div>
    </div>
  );
}

/** The DOM id by which a frame is referred to. */
export function frameElementId(uid: string): string {
  return `frame-${uid}`;
}

/** When the title has been typed the canvas gets the keyboard's focus back, unless something else has it. */
function useFocusBack(titling: boolean): void {
  const before = useRef(titling);
  useEffect(() => {
    const ended = before.current && !titling;
    before.current = titling;
    if (ended && window.document.activeElement === window.document.body) focusCanvas();
  }, [titling]);
}

/** What is typed is the title when the field is left; Escape leaves the old one. */
function TitleField({ stage, frame }: { readonly stage: Stage; readonly frame: FrameView }): ReactNode {
  const kept = useRef(true);
  const leave = (): void => useCanvas.setState({ titling: null });
  const commit = (title: string): void => {
    if (kept.current && title !== frame.title)
      setFrameField(stage.editor.document, frame.uid, "title", JSON.stringify(title));
    leave();
  };
  return (
    <input
      className="frame-title-field"
      aria-label="Title of the frame"
      defaultValue={frame.title}
      size={Math.max(12, frame.title.length)}
      spellCheck={false}
      autoComplete="off"
      // biome-ignore lint/a11y/noAutofocus: a person has just asked to edit it
      autoFocus
      onFocus={(event) => event.target.select()}
      onPointerDown={(event) => event.stopPropagation()}
      onBlur={(event) => commit(event.target.value)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey) return;
        if (event.key !== "Enter" && event.key !== "Escape") return;
        kept.current = event.key === "Enter";
        focusCanvas();
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}

type Show = (change: Change) => void;

/** Moves the frame and the nodes wholly in it, as one edit. */
function dragFrame(stage: Stage, frame: FrameView, event: ReactPointerEvent, show: Show): void {
  if (event.button !== 0) return;
  selectFrame(frame.uid);
  const { scene } = stage.model();
  const inside = scene.cards.filter(({ x, y, layout }) =>
    isInside(frame, [x, y], [layout.width, layout.height]),
  );
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
  selectFrame(frame.uid);
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
