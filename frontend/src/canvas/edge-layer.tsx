/** One light element an edge, for pointers, tests and screen readers: it stands where the plate is and never streams. */
import { ViewportPortal } from "@xyflow/react";
import { memo, type ReactNode, useEffect, useRef } from "react";
import { useEditor } from "../editor/editor";
import { PLATE_HEIGHT, PLATE_WIDTH } from "../gradients/plate-placement";
import { useView } from "../view/view-store";
import { attributeBook, edgeAttributes } from "./attributes";
import { useCanvas } from "./canvas-store";
import type { Stage } from "./stage";

/** The DOM id by which an edge's element is referred to. */
export function edgeElementId(edge: string): string {
  return `edge-${edge}`;
}

/** An edge that is in view, and the middle of its plate. */
export interface SeenEdge {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

/** The elements of the edges that are in view. */
export const EdgeLayer = memo(function EdgeLayer({
  edges,
}: {
  readonly edges: readonly SeenEdge[];
}): ReactNode {
  return (
    <ViewportPortal>
      {edges.map(({ id, x, y }) => (
        <EdgeElement key={id} id={id} x={x} y={y} />
      ))}
    </ViewportPortal>
  );
});

const EdgeElement = memo(function EdgeElement({ id, x, y }: SeenEdge): ReactNode {
  const element = useRef<HTMLDivElement>(null);
  const { run } = useEditor();
  useEffect(() => {
    if (element.current === null) return undefined;
    return attributeBook.add(element.current, () => edgeAttributes(run, id));
  }, [run, id]);
  const select = (): void => {
    useView.getState().selectEdge(id);
    useCanvas.setState({ focus: { kind: "edge", id, end: "source" } });
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the canvas has the keys
    <div
      ref={element}
      id={edgeElementId(id)}
      role="img"
      data-edge={id}
      className="edge-element"
      style={{
        left: x - PLATE_WIDTH / 2,
        top: y - PLATE_HEIGHT / 2,
        width: PLATE_WIDTH,
        height: PLATE_HEIGHT,
        // Below the cards: where there is little room between two, their sockets are still to be had.
        zIndex: -1,
      }}
      onClick={select}
    />
  );
});

/** The edges of which some part is seen. */
export function seenEdges(stage: Stage): SeenEdge[] {
  const { scene } = stage.model();
  const { x, y, zoom, width, height } = stage.viewport();
  const [left, top, right, bottom] = [-x / zoom, -y / zoom, (width - x) / zoom, (height - y) / zoom];
  const found: SeenEdge[] = [];
  scene.edges.forEach(({ id }, edge) => {
    const [x1, y1] = [scene.x1[edge] as number, scene.y1[edge] as number];
    const [x2, y2] = [scene.x2[edge] as number, scene.y2[edge] as number];
    if (Math.max(x1, x2) < left || Math.min(x1, x2) > right) return;
    if (Math.max(y1, y2) < top || Math.min(y1, y2) > bottom) return;
    const at = stage.overlay.plateOf(edge);
    found.push({ id, x: at.x, y: at.y });
  });
  return found;
}
