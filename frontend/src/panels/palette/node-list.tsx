/** The list "Nodes": all nodes in order of creation, which can be changed here by mouse and by keyboard. */
import {
  type DragEvent,
  type KeyboardEvent,
  memo,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from "react";
import { removeNodes, reorder } from "../../document/commands";
import type { GraphDocument } from "../../document/graph-document";
import type { NodeView } from "../../document/types";
import { useDocument, useEditor } from "../../editor/editor";
import { focusCanvas } from "../../editor/focus-canvas";
import { useRun } from "../../run/run-store";
import { useView } from "../../view/view-store";
import { useLiveAttributes } from "./live-attributes";

const ROW_TYPE = "application/x-gradcanvas-row";

/** Every node as a row; the row carries the attributes of a node that the canvas does not show. */
export function NodeList(): ReactNode {
  const nodes = useDocument((snapshot) => snapshot.nodes);
  const loss = useDocument((snapshot) => snapshot.train.loss?.uid ?? null);
  const selection = useView((view) => view.selection);
  const problems = useRun((run) => run.layout?.problems);
  const list = useRef<HTMLUListElement>(null);
  const entry = nodes.find(({ uid }) => selection.has(uid))?.uid ?? nodes[0]?.uid;
  return (
    <section className="palette-nodes" aria-label="Order of creation">
      <h2 className="palette-heading" title="Sources are made, and gradients added, in this order">
        Nodes
      </h2>
      <LiveAttributes list={list} />
      <ul ref={list} className="node-list" aria-label="Nodes">
        {nodes.map((node) => (
          <NodeRow
            key={node.uid}
            node={node}
            selected={selection.has(node.uid)}
            entry={node.uid === entry}
            kind={
              problems?.has(node.id)
                ? "problem"
                : node.uid === loss
                  ? "loss"
                  : node.requiresGrad
                    ? "leaf"
                    : "other"
            }
          />
        ))}
      </ul>
      {nodes.length === 0 && <p className="palette-empty">None yet.</p>}
    </section>
  );
}

/** Listens to the numbers in place of the list, which would render again with each. */
function LiveAttributes({ list }: { readonly list: RefObject<HTMLElement | null> }): ReactNode {
  useLiveAttributes(list);
  return null;
}

interface RowProps {
  readonly node: NodeView;
  readonly selected: boolean;
  /** Tab comes into the list here; within it the arrows go on. */
  readonly entry: boolean;
  readonly kind: "leaf" | "loss" | "problem" | "other";
}

const NodeRow = memo(function NodeRow({ node, selected, entry, kind }: RowProps): ReactNode {
  const { document } = useEditor();
  const [over, setOver] = useState(false);
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (entry && selected) row.current?.scrollIntoView({ block: "nearest" });
  }, [entry, selected]);
  const { uid, id, label, op } = node;
  const onDrop = (event: DragEvent): void => {
    const moved = event.dataTransfer.getData(ROW_TYPE);
    setOver(false);
    if (moved === "" || moved === uid) return;
    event.preventDefault();
    reorder(document, [moved], uid);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || !pressRow(document, uid, event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <li
      ref={row}
      className="node-row"
      data-row={id}
      data-drop={over ? "before" : undefined}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(ROW_TYPE)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <button
        type="button"
        className="node-row-button"
        aria-pressed={selected}
        tabIndex={entry ? 0 : -1}
        aria-keyshortcuts="F2 Delete Alt+ArrowUp Alt+ArrowDown"
        title={`${op}. Drag it, or press Alt+↑ and Alt+↓, to change the order of creation; F2 renames, Delete deletes`}
        draggable
        onDragStart={(event) => event.dataTransfer.setData(ROW_TYPE, uid)}
        onClick={() => {
          useView.getState().select([uid]);
          useView.getState().revealNode(uid);
        }}
        onKeyDown={onKeyDown}
      >
        <span className="node-band" data-kind={kind} />
        <span className="node-row-name">{label ?? id}</span>
        <span className="node-row-op">{op.split(".").at(-1)}</span>
      </button>
    </li>
  );
});

/** What a key does on a row; false where it is none of the list's. */
function pressRow(document: GraphDocument, uid: string, event: KeyboardEvent<HTMLElement>): boolean {
  const { key, altKey, currentTarget } = event;
  if (key === "ArrowUp" || key === "ArrowDown") {
    const down = key === "ArrowDown";
    if (altKey) moveBy(document.getSnapshot().nodes, uid, down, (before) => reorder(document, [uid], before));
    else neighbour(currentTarget, down)?.focus();
    return true;
  }
  if (key === "F2") {
    useView.getState().select([uid]);
    useView.getState().editFields("id");
    return true;
  }
  if (key !== "Delete" && key !== "Backspace") return false;
  removeRow(document, uid, currentTarget);
  return true;
}

/** Deletes the node of a row; the row that follows has the focus then, or the one before, or the canvas. */
function removeRow(document: GraphDocument, uid: string, row: HTMLElement): void {
  const next = neighbour(row, true) ?? neighbour(row, false);
  const { selection, select } = useView.getState();
  if (next) next.focus();
  else focusCanvas();
  removeNodes(document, [uid]);
  if (selection.has(uid)) select([...selection].filter((other) => other !== uid));
}

function moveBy(
  nodes: readonly NodeView[],
  uid: string,
  down: boolean,
  place: (before: string | null) => void,
): void {
  const at = nodes.findIndex((node) => node.uid === uid);
  if (down && at < nodes.length - 1) place(nodes[at + 2]?.uid ?? null);
  if (!down && at > 0) place(nodes[at - 1]?.uid ?? null);
}

function neighbour(button: HTMLElement, down: boolean): HTMLElement | null {
  const row = button.closest("li");
  const next = down ? row?.nextElementSibling : row?.previousElementSibling;
  return next?.querySelector("button") ?? null;
}
