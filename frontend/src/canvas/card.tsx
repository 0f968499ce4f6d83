/** A node's card: everything of it that does not stream. Live numbers are drawn above it by the overlay. */
import type { Node as FlowNode, NodeProps } from "@xyflow/react";
import { type CSSProperties, memo, type ReactNode, useEffect, useRef } from "react";
import { useEditor } from "../editor/editor";
import { InlineCode } from "../panels/inline-code";
import { attributeBook, nodeAttributes } from "./attributes";
import { useCanvas } from "./canvas-store";
import { PROBLEM_LINE, PROBLEM_TOP, problemLines } from "./card-layout";
import type { CardModel } from "./card-model";
import { Sockets } from "./sockets";
import "./card.css";

/** A card as React Flow carries it. */
export type CardNode = FlowNode<{ readonly card: CardModel }, "card">;

/** The DOM id by which a node's card is referred to. */
export function cardElementId(uid: string): string {
  return `node-${uid}`;
}

/** A node's card. It renders again only when its model changes. */
export const Card = memo(function Card({ data, selected }: NodeProps<CardNode>): ReactNode {
  const { card } = data;
  const { node, layout } = card;
  const element = useAttributes(card);
  const focused = useCanvas(({ focus }) => focus?.kind === "node" && focus.uid === node.uid);
  const name = node.label ?? node.id;
  const classes = ["card", `card-${card.kind}`, `card-figure-${layout.figure}`];
  if (selected) classes.push("card-selected");
  if (focused) classes.push("card-focused");
  if (node.bypass) classes.push("card-bypassed");
  if (card.problems.length > 0) classes.push("card-problem");
  if (node.collapsed) classes.push("card-collapsed");
  return (
    // biome-ignore lint/a11y/useSemanticElements: a node is a group of the graph, not of a form
    <div
      ref={element}
      id={cardElementId(node.uid)}
      role="group"
      aria-label={name}
      aria-description={describe(card)}
      data-node={node.id}
      className={classes.join(" ")}
      style={tint(node.color)}
    >
      <div className="card-band" />
      <div className="card-head">
        <span className="card-name">{name}</span>
        <span className="card-op">
          {node.collapsed && node.bypass ? "bypassed" : shortOperation(node.op, name)}
        </span>
      </div>
      {card.problems.length > 0 ? <ProblemText card={card} /> : <FigureLabels card={card} />}
      {!node.collapsed && (
        <div className="card-note" style={{ top: layout.note - 9 }}>
          {card.note}
        </div>
      )}
      <Sockets card={card} />
    </div>
  );
});

function useAttributes(card: CardModel): React.RefObject<HTMLDivElement | null> {
  const element = useRef<HTMLDivElement>(null);
  const { run } = useEditor();
  const { id } = card.node;
  useEffect(() => {
    if (element.current === null) return undefined;
    return attributeBook.add(element.current, () => nodeAttributes(run, id));
  }, [run, id]);
  return element;
}

function describe(card: CardModel): string {
  const problems = card.problems.map(({ message, help }) => `${message} ${help}`);
  const waits = card.waitsFor === null ? [] : [`waits for ${card.waitsFor}`];
  return [card.node.op, card.note, ...waits, ...problems].filter(Boolean).join("; ");
}

/** The op as it fits beside the name: whole, else its last part. */
export function shortOperation(operation: string, name: string): string {
  const room = 100 - name.length * 8.3;
  const last = operation.slice(operation.lastIndexOf(".") + 1);
  return operation.length * 5.8 <= room ? operation : last;
}

function FigureLabels({ card }: { readonly card: CardModel }): ReactNode {
  const { layout, noGradient } = card;
  if (card.node.collapsed) return null;
  if (card.waitsFor !== null) return <span className="card-none card-waits">waits for {card.waitsFor}</span>;
  if (layout.figure === "none") return null;
  const { value, gradient } = layout;
  if (layout.figure === "number") {
    if (noGradient === null) return null;
    return (
      <span className="card-none" style={{ left: gradient.x, top: gradient.y }}>
        {noGradient}
      </span>
    );
  }
  const beside = layout.figure !== "heat";
  const label = (area: typeof value): CSSProperties =>
    beside ? { left: 12, top: area.y + area.height / 2 - 6 } : { left: area.x, top: area.y - 13 };
  return (
    <>
      <span className="card-label" style={label(value)}>
        value
      </span>
      <span className="card-label" style={label(gradient)}>
        grad
      </span>
      {noGradient !== null && (
        <span className="card-none" style={{ left: gradient.x, top: gradient.y + gradient.height / 2 - 6 }}>
          {noGradient}
        </span>
      )}
    </>
  );
}

function ProblemText({ card }: { readonly card: CardModel }): ReactNode {
  const [first] = card.problems;
  const lines = problemLines(card.layout, card.note !== "");
  const place = { top: PROBLEM_TOP, height: lines * PROBLEM_LINE, lineHeight: `${PROBLEM_LINE}px` };
  return (
    <div className="card-problems" style={card.node.collapsed ? {} : place}>
      <span className="card-badge" aria-hidden="true">
        {card.problems.length > 1 ? card.problems.length : "!"}
      </span>
      <span className="card-problem-text" style={{ WebkitLineClamp: lines }}>
        <InlineCode text={first?.message ?? ""} />
      </span>
    </div>
  );
}

function tint(color: string | null): CSSProperties {
  return color !== null && /^#[0-9a-f]{3,8}$/i.test(color) ? { borderColor: color } : {};
}
