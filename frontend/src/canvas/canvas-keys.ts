/** The keys of the canvas, as rows of the key table. */
import { cutEdge, duplicate, moveNodes, removeNodes, setField } from "../document/commands";
import type { Point } from "../document/types";
import type { Editor } from "../editor/editor";
import type { KeyRow } from "../keys/table";
import { useView } from "../view/view-store";
import { bringIntoView, fitView, type Stand, useCanvas } from "./canvas-store";
import { frameNodes, moveFrame, removeSelectedFrame, selectFrame, titleFrame } from "./frame-commands";
import { besideCards } from "./free-place";
import { type Direction, step } from "./walk";

const STEP = 10;

/** All keys that act while the canvas has the focus. */
export const canvasKeys: readonly KeyRow[] = [
  {
    keys: ["ArrowRight"],
    what: "Walk forwards: node, edge, node",
    scope: "canvas",
    group: "Canvas",
    run: walk("right"),
  },
  {
    keys: ["ArrowLeft"],
    what: "Walk back: node, edge, node",
    scope: "canvas",
    group: "Canvas",
    run: walk("left"),
  },
  {
    keys: ["ArrowUp"],
    what: "Previous node or frame, or sibling edge",
    scope: "canvas",
    group: "Canvas",
    run: walk("up"),
  },
  {
    keys: ["ArrowDown"],
    what: "Next node or frame, or sibling edge",
    scope: "canvas",
    group: "Canvas",
    run: walk("down"),
  },
  {
    keys: ["Shift+ArrowRight", "Shift+ArrowLeft", "Shift+ArrowUp", "Shift+ArrowDown"],
    what: "Move the selection",
    scope: "canvas",
    group: "Canvas",
    run: moveSelection,
  },
  { keys: ["Enter"], what: "Open the fields", scope: "canvas", group: "Canvas", run: openFields },
  { keys: ["Escape"], what: "Cancel; select nothing", scope: "canvas", group: "Canvas", run: cancel },
  { keys: ["/", "A"], what: "Search for a node to add", scope: "canvas", group: "Canvas", run: search },
  { keys: ["C"], what: "Start a wire from the node", scope: "canvas", group: "Canvas", run: startWire },
  {
    keys: ["Delete", "Backspace"],
    what: "Delete the selection, cut the edge",
    scope: "canvas",
    group: "Canvas",
    run: remove,
  },
  { keys: ["F2"], what: "Rename", scope: "canvas", group: "Canvas", run: rename },
  { keys: ["Shift+1"], what: "Fit the view", scope: "canvas", group: "Canvas", run: showAll },
  { keys: ["Ctrl+A"], what: "Select all", scope: "canvas", group: "Edit", run: selectAll },
  { keys: ["Ctrl+C"], what: "Copy", scope: "canvas", group: "Edit" },
  { keys: ["Ctrl+X"], what: "Cut", scope: "canvas", group: "Edit" },
  { keys: ["Ctrl+V"], what: "Paste", scope: "canvas", group: "Edit" },
  { keys: ["Ctrl+Shift+V"], what: "Paste with the incoming edges", scope: "canvas", group: "Edit" },
  { keys: ["Ctrl+D"], what: "Duplicate", scope: "canvas", group: "Edit", run: duplicateSelection },
  { keys: ["Ctrl+G"], what: "Frame the selection", scope: "canvas", group: "Edit", run: frameSelection },
  { keys: ["Ctrl+B"], what: "Bypass", scope: "canvas", group: "Edit", run: bypass },
  { keys: ["Ctrl+F"], what: "Find a node", scope: "canvas", group: "View", run: find },
];

/** Puts focus and selection onto a node, an edge or a frame and brings it into view. */
export function focusOn(editor: Editor, focus: Stand | null): void {
  const { byUid, edges, frames } = editor.document.getSnapshot();
  if (focus?.kind === "frame") {
    selectFrame(focus.uid);
    const frame = frames.find(({ uid }) => uid === focus.uid);
    if (frame) bringIntoView(frame.at);
    return;
  }
  useCanvas.setState({ focus, hover: null, frame: null });
  if (focus === null) return;
  if (focus.kind === "node") {
    useView.getState().select([focus.uid]);
    const node = byUid.get(focus.uid);
    if (node) bringIntoView([node.at[0] + 66, node.at[1] + 46]);
    return;
  }
  useView.getState().selectEdge(focus.id);
  const edge = edges.find((candidate) => candidate.id === focus.id);
  const [source, target] = [byUid.get(edge?.source ?? ""), byUid.get(edge?.target ?? "")];
  if (source && target)
    bringIntoView([(source.at[0] + 132 + target.at[0]) / 2, (source.at[1] + target.at[1]) / 2 + 46]);
}

/** The nodes a command acts on: the selection, else the node that has the focus. */
export function actedOn(): ReadonlySet<string> {
  const { selection } = useView.getState();
  const { focus } = useCanvas.getState();
  if (selection.size > 0 || focus?.kind !== "node") return selection;
  return new Set([focus.uid]);
}

function walk(direction: Direction): NonNullable<KeyRow["run"]> {
  return (editor) => {
    const snapshot = editor.document.getSnapshot();
    if (snapshot.nodes.length === 0 && snapshot.frames.length === 0) return false;
    focusOn(editor, step(snapshot, currentFocus(), direction));
    return true;
  };
}

/** What was selected elsewhere (the list, the mouse) is where the keyboard goes on. */
function currentFocus(): Stand | null {
  const { selection, edge } = useView.getState();
  const { focus, frame } = useCanvas.getState();
  if (frame !== null) return { kind: "frame", uid: frame };
  if (edge !== null)
    return focus?.kind === "edge" && focus.id === edge ? focus : { kind: "edge", id: edge, end: "source" };
  const [only] = selection;
  if (selection.size === 1 && only !== undefined) return { kind: "node", uid: only };
  return focus;
}

const DIRECTIONS: Readonly<Record<string, Point>> = {
  ArrowRight: [STEP, 0],
  ArrowLeft: [-STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

function moveSelection(editor: Editor, event: KeyboardEvent): boolean {
  const by = DIRECTIONS[event.key];
  const { byUid } = editor.document.getSnapshot();
  const places = new Map<string, Point>();
  for (const uid of actedOn()) {
    const node = byUid.get(uid);
    if (node && by) places.set(uid, [node.at[0] + by[0], node.at[1] + by[1]]);
  }
  if (places.size === 0) return by !== undefined && moveFrame(editor, by);
  moveNodes(editor.document, places, `move ${[...places.keys()].join(" ")}`);
  return true;
}

function openFields(): boolean {
  if (actedOn().size === 0 && useView.getState().edge === null) return titleFrame();
  useView.getState().editFields("first");
  return true;
}

function rename(): boolean {
  if (actedOn().size === 0) return titleFrame();
  useView.getState().editFields("id");
  return true;
}

function cancel(): boolean {
  const view = useView.getState();
  const canvas = useCanvas.getState();
  if (view.search || canvas.finding || canvas.connecting) {
    view.closeSearch();
    useCanvas.setState({ finding: false, connecting: null });
    return true;
  }
  if (canvas.remark) {
    useCanvas.setState({ remark: null });
    return true;
  }
  if (view.selection.size === 0 && view.edge === null && canvas.frame === null) return false;
  view.select([]);
  useCanvas.setState({ frame: null });
  return true;
}

function search(): boolean {
  useView.getState().openSearch({ at: null, fits: null });
  return true;
}

function startWire(): boolean {
  const [uid] = actedOn();
  if (uid === undefined) return false;
  useCanvas.setState({ connecting: { uid, side: "output", output: null, argument: null } });
  return true;
}

function remove(editor: Editor): boolean {
  useCanvas.setState({ hover: null });
  const { document } = editor;
  const view = useView.getState();
  if (view.edge !== null) {
    const edge = document.getSnapshot().edges.find((candidate) => candidate.id === view.edge);
    if (!edge) return false;
    cutEdge(document, edge);
    focusOn(editor, { kind: "node", uid: edge.target });
    return true;
  }
  const uids = actedOn();
  if (uids.size > 0) {
    removeNodes(document, uids);
    view.select([]);
    useCanvas.setState({ focus: null });
    return true;
  }
  return removeSelectedFrame(editor);
}

function showAll(): boolean {
  fitView();
  return true;
}

function selectAll(editor: Editor): boolean {
  useView.getState().select(editor.document.getSnapshot().nodes.map((node) => node.uid));
  return true;
}

function duplicateSelection(editor: Editor): boolean {
  const uids = actedOn();
  if (uids.size === 0) return true;
  selectMade(editor, duplicate(editor.document, uids, besideCards(useCanvas.getState().scene())));
  return true;
}

/** Selects what was copied just now, and brings its first node into view. */
export function selectMade(editor: Editor, made: readonly string[]): void {
  const [first = ""] = made;
  useView.getState().select(made);
  useCanvas.setState({ focus: { kind: "node", uid: first }, hover: null });
  const at = editor.document.getSnapshot().byUid.get(first)?.at;
  if (at) bringIntoView([at[0] + 66, at[1] + 46]);
}

function frameSelection(editor: Editor): boolean {
  frameNodes(editor, actedOn());
  return true;
}

/** Bypasses what has an input to pass on; if all of that is bypassed already, it takes part again. */
function bypass(editor: Editor): boolean {
  const { byUid } = editor.document.getSnapshot();
  const nodes = [...actedOn()].flatMap((uid) => byUid.get(uid) ?? []);
  const able = nodes.filter((node) => node.bypass || node.inputs.length > 0);
  if (able.length === 0) return true;
  const all = able.every((node) => node.bypass);
  const uids = able.map(({ uid }) => uid);
  setField(editor.document, uids, "bypass", all ? null : "true");
  return true;
}

function find(): boolean {
  useCanvas.setState({ finding: true });
  return true;
}
