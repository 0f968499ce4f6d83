/** Puts the attributes of nodes and edges that the canvas does not show onto the rows of the list.

They are written past React, at the pace of `tick`: a thousand rows twice a second must not render. */
import { type RefObject, useEffect, useRef } from "react";
import { attributeBook, edgeAttributes, nodeAttributes } from "../../canvas/attributes";
import type { Snapshot } from "../../document/types";
import { type Editor, useDocument, useEditor } from "../../editor/editor";
import { type Run, useRun } from "../../run/run-store";

/** The rows follow what the canvas mounts when it has been still for so long. */
const SETTLED_AFTER_MS = 150;

/** Keeps the rows (`li[data-row]`) of a list in step with the newest numbers. */
export function useLiveAttributes(list: RefObject<HTMLElement | null>): void {
  const editor = useEditor();
  const edges = useDocument((snapshot) => snapshot.edges);
  const ids = useIds();
  const tick = useRun((state) => state.tick);
  const outputs = useRun((state) => state.layout?.layout.outputs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: numbers, other outputs, edges or names make the rows stale
  useEffect(() => writeRows(list, editor), [list, editor, edges, ids, tick, outputs]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = attributeBook.onMounted(() => {
      clearTimeout(timer);
      timer = setTimeout(() => writeRows(list, editor), SETTLED_AFTER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [list, editor]);
}

/** The names of all nodes in their order; the same object as long as they are. */
function useIds(): readonly string[] {
  const kept = useRef<readonly string[]>([]);
  return useDocument(({ nodes }) => {
    const same = nodes.length === kept.current.length && nodes.every(({ id }, at) => id === kept.current[at]);
    if (!same) kept.current = nodes.map(({ id }) => id);
    return kept.current;
  });
}

function writeRows({ current }: RefObject<HTMLElement | null>, { document, run }: Editor): void {
  if (current) write(current, document.getSnapshot(), run);
}

function write(list: HTMLElement, snapshot: Snapshot, run: Run): void {
  const shown = namesOnCanvas();
  const edges = Map.groupBy(snapshot.edges, (edge) => edge.target);
  for (const row of list.querySelectorAll<HTMLElement>("li[data-row]")) {
    const id = row.dataset.row ?? "";
    const node = snapshot.byId.get(id);
    if (shown.nodes.has(id) || node === undefined) clear(row);
    else put(row, { "data-node": id, ...nodeAttributes(run, id) });
    const into = (node && edges.get(node.uid)) ?? [];
    const absent = into.filter((edge) => !shown.edges.has(edge.id));
    writeEdges(
      row,
      absent.map((edge) => edge.id),
      run,
    );
  }
}

/** An edge's row is an empty element after the node's button, with a role of its own: only so may it have a name. */
function writeEdges(row: HTMLElement, ids: readonly string[], run: Run): void {
  const kept = row.querySelectorAll<HTMLElement>("[data-edge]");
  ids.forEach((id, index) => {
    const element = kept[index] ?? row.appendChild(document.createElement("span"));
    put(element, { role: "img", "data-edge": id, ...edgeAttributes(run, id) });
  });
  for (let index = ids.length; index < kept.length; index += 1) kept[index]?.remove();
}

function namesOnCanvas(): { nodes: ReadonlySet<string>; edges: ReadonlySet<string> } {
  const canvas = document.querySelector('[role="application"]');
  const read = (attribute: string): Set<string> =>
    new Set(
      Array.from(
        canvas?.querySelectorAll(`[${attribute}]`) ?? [],
        (found) => found.getAttribute(attribute) ?? "",
      ),
    );
  return { nodes: read("data-node"), edges: read("data-edge") };
}

function put(element: HTMLElement, attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes))
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  if (!("data-grad-norm" in attributes)) element.removeAttribute("data-grad-norm");
}

function clear(row: HTMLElement): void {
  for (const name of ["data-node", "data-gradient-norm", "data-grad-norm", "data-value"])
    row.removeAttribute(name);
}
