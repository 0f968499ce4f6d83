/** What stands beside the pointer or the focus on the canvas: exact numbers, and why a wire is refused. */
import { type ReactNode, useEffect, useState } from "react";
import { useDocument, useEditor } from "../editor/editor";
import { Tooltip } from "../gradients/tooltip";
import { useView } from "../view/view-store";
import { type Hover, useCanvas } from "./canvas-store";
import type { Stage } from "./stage";

/** The tooltip of what is hovered; of what the keyboard is on, if it has a problem. */
export function HoverTooltip({ stage }: { readonly stage: Stage }): ReactNode {
  const { run } = useEditor();
  const hover = useSettledHover();
  const focus = useCanvas((canvas) => (canvas.wire || canvas.marquee ? null : canvas.focus));
  const { inspectorOpen, selection, edge: selectedEdge } = useView();
  const byUid = useDocument((snapshot) => snapshot.byUid);
  const { width, height, x, y, zoom } = stage.viewport();
  if (hover) {
    const node = hover.node === null ? undefined : byUid.get(hover.node);
    if (node === undefined && hover.edge === null) return null;
    if (inspected(hover, inspectorOpen, selection, selectedEdge)) return null;
    const target = { node: node?.id ?? null, edge: hover.edge, op: node?.op ?? null };
    return <Tooltip run={run} target={target} x={hover.x} y={hover.y} width={width} height={height} />;
  }
  const byKeyboard = stage.element.querySelector(".react-flow")?.matches(":focus-visible") ?? false;
  const told = focus?.kind === "node" && inspectorOpen && selection.size === 1 && selection.has(focus.uid);
  const uid = focus?.kind === "node" && byKeyboard && !told ? focus.uid : null;
  const card = uid === null ? undefined : stage.model().byUid.get(uid);
  const place = uid === null ? undefined : stage.model().scene.card(uid);
  if (!card || !place || card.problems.length === 0) return null;
  const target = { node: card.node.id, edge: null, op: card.node.op };
  const left = place.x * zoom + x;
  const top = (place.y + card.layout.height) * zoom + y - 8;
  return <Tooltip run={run} target={target} x={left} y={top} width={width} height={height} />;
}

/** What the inspector tells already needs no tooltip, which would cover what stands around it. */
function inspected(
  { node, edge }: Hover,
  isOpen: boolean,
  selection: ReadonlySet<string>,
  selectedEdge: string | null,
): boolean {
  if (!isOpen) return false;
  return edge === null ? node !== null && selection.size === 1 && selection.has(node) : edge === selectedEdge;
}

/** What the pointer has rested on for a moment: a tooltip does not flicker past. */
function useSettledHover(): Hover | null {
  const hover = useCanvas((canvas) => canvas.hover);
  const target = hover === null ? null : (hover.edge ?? hover.node);
  const [settled, setSettled] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(target), target === null ? 0 : REST_MS);
    return () => clearTimeout(timer);
  }, [target]);
  return target !== null && target === settled ? hover : null;
}

const REST_MS = 250;

/** Why the wire in the hand does not fit where it is. */
export function RemarkBubble(): ReactNode {
  const remark = useCanvas((canvas) => canvas.remark);
  return (
    <div role="status" aria-label="Wire">
      {remark && (
        <div className="canvas-remark" style={{ left: remark.x + 14, top: remark.y + 14 }}>
          {remark.text}
        </div>
      )}
    </div>
  );
}
