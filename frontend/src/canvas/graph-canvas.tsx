/** The canvas: React Flow carries the cards and the viewport, the overlay above them draws every live number. */
import {
  Background,
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  useStore,
  useStoreApi,
} from "@xyflow/react";
import { type ReactNode, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import "@xyflow/react/dist/base.css";
import { useCatalog } from "../catalog/catalog-store";
import type { Point } from "../document/types";
import { type Editor, useEditor, useSnapshot } from "../editor/editor";
import { focusCanvas } from "../editor/focus-canvas";
import { Legend } from "../gradients/legend";
import type { Overlay } from "../gradients/overlay";
import { OverlayCanvas } from "../gradients/overlay-canvas";
import { FAR_ZOOM, type Viewport } from "../gradients/viewport";
import { useRun } from "../run/run-store";
import { useView } from "../view/view-store";
import type { Problem } from "../wire/messages";
import { attributeBook } from "./attributes";
import { CANVAS_NAME, displace, useCanvas } from "./canvas-store";
import { Card, type CardNode, cardElementId } from "./card";
import { listenToClipboard } from "./clipboard-events";
import { Controls } from "./controls";
import { openSearchAt } from "./double-click";
import { useDrop } from "./drops";
import { EdgeLayer, edgeElementId, type SeenEdge, seenEdges } from "./edge-layer";
import { EmptyCanvas } from "./empty-canvas";
import { Frames, frameElementId } from "./frames";
import { type GraphModel, modelOf } from "./graph-model";
import { GraphProblem } from "./graph-problem";
import { HoverTooltip, RemarkBubble } from "./hover";
import { clickPane, commitDisplacement, listenToPane } from "./pane-gestures";
import { Popups } from "./popups";
import { placeInGraph, type Stage } from "./stage";
import { useViewportRequests } from "./viewport-requests";
import "./graph-canvas.css";

/** The canvas of the open graph. It fills the element it stands in. */
export function GraphCanvas(): ReactNode {
  return (
    <ReactFlowProvider>
      <Canvas />
    </ReactFlowProvider>
  );
}

const NODE_TYPES = { card: Card };
const MULTI_SELECTION = ["Control", "Meta", "Shift"];
const PRO = { hideAttribution: true };
const NO_NODES: CardNode[] = [];

function Canvas(): ReactNode {
  const editor = useEditor();
  const model = useModel();
  const element = useRef<HTMLDivElement>(null);
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const stage = useStage(editor, element, overlay, model);
  const nodes = useNodes(model);
  const far = useStore((flow) => flow.transform[2] < FAR_ZOOM);
  const overEdge = useCanvas(({ hover }) => hover?.edge != null);
  const active = useActiveElement(far);
  usePaced(editor);
  useListeners(stage);
  const untouched = useFirstFocus();
  const zoomBy = useViewportRequests(stage, model);
  const { onDragOver, onDrop } = useDrop(stage);
  return (
    <div
      className={`graph-canvas${overEdge ? " graph-canvas-over-edge" : ""}`}
      data-untouched={untouched}
      ref={element}
    >
      <ReactFlow<CardNode>
        aria-label={CANVAS_NAME}
        aria-activedescendant={active}
        tabIndex={0}
        nodes={far ? NO_NODES : nodes}
        nodeTypes={NODE_TYPES}
        onNodesChange={useNodeChanges(editor)}
        onNodeDragStop={() => commitDisplacement(editor.document)}
        onSelectionDragStop={() => commitDisplacement(editor.document)}
        onNodeClick={(_, node) => useCanvas.setState({ focus: { kind: "node", uid: node.id }, frame: null })}
        onNodeDoubleClick={() => useView.getState().editFields("first")}
        onPaneClick={(event) => stage && clickPane(stage, event.nativeEvent)}
        onDoubleClick={(event) => stage && openSearchAt(stage, event)}
        onDragOver={onDragOver}
        onDrop={onDrop}
        onlyRenderVisibleElements
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={MULTI_SELECTION}
        zoomOnDoubleClick={false}
        nodeDragThreshold={1}
        minZoom={0.02}
        maxZoom={4}
        proOptions={PRO}
      >
        <div className="canvas-dots" aria-hidden="true">
          <Background gap={24} size={1.6} color="var(--dots)" />
        </div>
        {stage && <Frames stage={stage} />}
        {model.cards.length === 0 && <EmptyCanvas />}
        {stage && !far && <VisibleEdges stage={stage} model={model} />}
      </ReactFlow>
      <OverlayCanvas run={editor.run} scene={model.scene} onReady={setOverlay} />
      {overlay && model.cards.length > 0 && <Legend overlay={overlay} />}
      <GraphProblem />
      {stage && model.cards.length > 0 && <Controls stage={stage} onZoom={zoomBy} />}
      {stage && <HoverTooltip stage={stage} />}
      <RemarkBubble />
      {stage && <Popups stage={stage} />}
    </div>
  );
}

/** The model of the graph; what did not change keeps its identity. */
function useModel(): GraphModel {
  const snapshot = useSnapshot();
  const catalog = useCatalog((state) => state.catalog);
  const layout = useRun((run) => run.layout);
  const failure = useFailure();
  const before = useRef<GraphModel | null>(null);
  return useMemo(() => {
    before.current = modelOf(snapshot, catalog, layout, before.current, failure);
    return before.current;
  }, [snapshot, catalog, layout, failure]);
}

/** What failed while it ran; the same object while statuses repeat it. */
function useFailure(): Problem | null {
  const text = useRun(({ status }) => (status?.problem ? JSON.stringify(status.problem) : null));
  return useMemo(() => (text === null ? null : (JSON.parse(text) as Problem)), [text]);
}

function useStage(
  editor: Editor,
  element: RefObject<HTMLDivElement | null>,
  overlay: Overlay | null,
  model: GraphModel,
): Stage | null {
  const newest = useRef(model);
  newest.current = model;
  const flow = useStoreApi();
  return useMemo(() => {
    const canvas = element.current;
    if (overlay === null || canvas === null) return null;
    // Not asked of the element: that would lay out the page anew whenever something has just changed.
    const viewport = (): Viewport => {
      const { transform, width, height } = flow.getState();
      return { x: transform[0], y: transform[1], zoom: transform[2], width, height };
    };
    return { editor, element: canvas, overlay, model: () => newest.current, viewport };
  }, [editor, element, overlay, flow]);
}

/** React Flow's nodes: a node is another object only when its card, place or selection is another. */
function useNodes(model: GraphModel): CardNode[] {
  const selection = useView((view) => view.selection);
  const displaced = useCanvas((canvas) => canvas.displaced);
  const kept = useRef(new Map<string, CardNode>());
  return useMemo(() => {
    const nodes = model.cards.map((card) => {
      const { uid, at } = card.node;
      const [x, y] = displaced.get(uid) ?? at;
      const selected = selection.has(uid);
      const old = kept.current.get(uid);
      const same = old?.data.card === card && old.position.x === x && old.position.y === y;
      if (old && same && old.selected === selected) return old;
      const { width, height } = card.layout;
      const data = old?.data.card === card ? old.data : { card };
      const measured = { width, height };
      return { id: uid, type: "card" as const, position: { x, y }, data, width, height, measured, selected };
    });
    kept.current = new Map(nodes.map((node) => [node.id, node]));
    return nodes;
  }, [model, selection, displaced]);
}

function useNodeChanges(editor: Editor): (changes: NodeChange<CardNode>[]) => void {
  return useCallback(
    (changes) => {
      const moved = new Map<string, Point>();
      const selected = new Set(useView.getState().selection);
      let reselected = false;
      for (const change of changes) {
        if (change.type === "position" && change.dragging && change.position)
          moved.set(change.id, [change.position.x, change.position.y]);
        if (change.type !== "select") continue;
        reselected = true;
        if (change.selected) selected.add(change.id);
        else selected.delete(change.id);
      }
      if (moved.size > 0) displace(new Map([...useCanvas.getState().displaced, ...moved]));
      const { byUid } = editor.document.getSnapshot();
      if (reselected) useView.getState().select([...selected].filter((uid) => byUid.has(uid)));
    },
    [editor],
  );
}

/** The element that the keyboard's focus is on, if it is mounted. */
function useActiveElement(far: boolean): string | undefined {
  const focus = useCanvas((canvas) => canvas.focus);
  const frame = useCanvas((canvas) => canvas.frame);
  if (frame !== null) return frameElementId(frame);
  if (focus === null || far) return undefined;
  return focus.kind === "node" ? cardElementId(focus.uid) : edgeElementId(focus.id);
}

/** When the graph has come the canvas has the keyboard, unless a person is somewhere already; true until a key is pressed. */
function useFirstFocus(): boolean {
  const [untouched, setUntouched] = useState(true);
  useEffect(() => {
    if (document.activeElement === document.body) focusCanvas();
    const touch = (): void => setUntouched(false);
    window.addEventListener("keydown", touch, { capture: true, once: true });
    return () => window.removeEventListener("keydown", touch, true);
  }, []);
  return untouched;
}

/** Attributes follow at the run store's pace. */
function usePaced(editor: Editor): void {
  useEffect(() => {
    const refresh = (): void => attributeBook.refresh();
    const stop = useRun.subscribe((state, before) => {
      if (state.tick !== before.tick || state.layout !== before.layout) refresh();
    });
    if (editor.run.frame) refresh();
    return stop;
  }, [editor]);
}

function useListeners(stage: Stage | null): void {
  useEffect(() => {
    if (stage === null) return undefined;
    useCanvas.setState({ scene: () => stage.model().scene });
    let pointerPlace: Point | null = null;
    const follow = (event: PointerEvent): void => {
      const { x, y } = placeInGraph(stage, event);
      pointerPlace = [x, y];
    };
    const forget = (): void => {
      pointerPlace = null;
    };
    stage.element.addEventListener("pointermove", follow);
    stage.element.addEventListener("pointerleave", forget);
    const stops = [listenToPane(stage), listenToClipboard(stage.editor, () => pointerPlace)];
    return () => {
      stage.element.removeEventListener("pointermove", follow);
      stage.element.removeEventListener("pointerleave", forget);
      for (const stop of stops) stop();
    };
  }, [stage]);
}

interface VisibleEdgesProps {
  readonly stage: Stage;
  readonly model: GraphModel;
}

/** Which edges have an element is decided when the view has come to rest, not while it moves. */
function VisibleEdges({ stage, model }: VisibleEdgesProps): ReactNode {
  const transform = useStore((flow) => flow.transform);
  const width = useStore((flow) => flow.width);
  const displaced = useCanvas((canvas) => canvas.displaced);
  const [edges, setEdges] = useState<readonly SeenEdge[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is seen depends on all of these
  useEffect(() => {
    const timer = setTimeout(() => setEdges(seenEdges(stage)), 60);
    return () => clearTimeout(timer);
  }, [stage, model, transform, width, displaced]);
  return <EdgeLayer edges={edges} />;
}
