/** The overlay's element: joins the overlay with React Flow's viewport, the run, the theme and what is pointed at. */
import { useStoreApi } from "@xyflow/react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useCanvas } from "../canvas/canvas-store";
import { type Run, useRun } from "../run/run-store";
import { useView } from "../view/view-store";
import { Overlay } from "./overlay";
import { paletteOf, readTokens } from "./palette";
import type { Scene } from "./scene";
import "./gradients.css";

interface Props {
  readonly run: Run;
  readonly scene: Scene;
  readonly onReady: (overlay: Overlay) => void;
}

/** The one canvas above the nodes; pointers go through it. */
export function OverlayCanvas({ run, scene, onReady }: Props): ReactNode {
  const element = useRef<HTMLCanvasElement>(null);
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  useEffect(() => {
    if (element.current === null) return undefined;
    const made = new Overlay(element.current, run);
    setOverlay(made);
    onReady(made);
    return () => made.dispose();
  }, [run, onReady]);
  useFlowViewport(overlay);
  useFrames(overlay, run);
  useMarks(overlay);
  useColours(overlay);
  useEffect(() => {
    if (overlay === null) return;
    overlay.setScene(scene, run.layout?.layout.outputs.length ?? 0);
    for (const [uid, [x, y]] of useCanvas.getState().displaced) overlay.moveCard(uid, x, y);
  }, [overlay, scene, run]);
  return <canvas ref={element} className="gradient-overlay" />;
}

function useFlowViewport(overlay: Overlay | null): void {
  const store = useStoreApi();
  useEffect(() => {
    if (overlay === null) return undefined;
    const follow = (): void => {
      const { transform, width, height } = store.getState();
      overlay.setViewport({ x: transform[0], y: transform[1], zoom: transform[2], width, height });
    };
    follow();
    return store.subscribe((state, before) => {
      const resized = state.width !== before.width || state.height !== before.height;
      if (state.transform !== before.transform || resized) follow();
    });
  }, [overlay, store]);
}

function useFrames(overlay: Overlay | null, run: Run): void {
  useEffect(() => {
    if (overlay === null) return undefined;
    overlay.takeFrame(run.shown);
    const stops = [
      run.onFrame((frame) => overlay.takeFrame(frame)),
      useRun.subscribe((state, before) => {
        if (state.losses !== before.losses) overlay.invalidate();
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [overlay, run]);
}

function useMarks(overlay: Overlay | null): void {
  useEffect(() => {
    if (overlay === null) return undefined;
    const follow = (): void => {
      const { selection, edge } = useView.getState();
      const { focus, hover, wire, marquee, displaced } = useCanvas.getState();
      for (const [uid, [x, y]] of displaced) overlay.moveCard(uid, x, y);
      const focusedEdge = focus?.kind === "edge" ? focus.id : null;
      const hoveredEdge = hover?.edge ?? null;
      overlay.setMarks({ selection, selectedEdge: edge, hoveredEdge, focusedEdge, wire, marquee });
    };
    const stops = [useView.subscribe(follow), useCanvas.subscribe(follow)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [overlay]);
}

function useColours(overlay: Overlay | null): void {
  const dark = useView((view) => view.dark);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme's variables change with it
  useEffect(() => {
    overlay?.setPalette(paletteOf(readTokens(document.documentElement)));
  }, [overlay, dark]);
}
