/** What is done to frames without the mouse: made around nodes, selected, titled, moved with what lies in them, removed. */
import { addFrame, moveNodes, pairLiteral, removeFrame, setFrameField } from "../document/commands";
import type { FrameView, NodeView, Point } from "../document/types";
import type { Editor } from "../editor/editor";
import { useView } from "../view/view-store";
import { useCanvas } from "./canvas-store";

const MARGIN = 24;
const TITLE = 28;
/** What a card takes that is not drawn yet. */
const CARD: Point = [132, 112];

/** Draws a frame around nodes; it is selected instead of them, and its title can be typed at once. */
export function frameNodes(editor: Editor, uids: ReadonlySet<string>): void {
  const { byUid } = editor.document.getSnapshot();
  const nodes = [...uids].map((uid) => byUid.get(uid)).filter((node) => node !== undefined);
  if (nodes.length === 0) return;
  const left = Math.min(...nodes.map(({ at }) => at[0])) - MARGIN;
  const top = Math.min(...nodes.map(({ at }) => at[1])) - MARGIN - TITLE;
  const right = Math.max(...nodes.map((node) => node.at[0] + sizeOf(node)[0])) + MARGIN;
  const bottom = Math.max(...nodes.map((node) => node.at[1] + sizeOf(node)[1])) + MARGIN;
  const uid = addFrame(editor.document, "Frame", [left, top], [right - left, bottom - top]);
  selectFrame(uid);
  useCanvas.setState({ titling: uid });
}

/** Selects a frame and nothing else. */
export function selectFrame(uid: string): void {
  useView.getState().select([]);
  useCanvas.setState({ frame: uid, focus: null, hover: null });
}

/** Lets the title of the selected frame be typed; false where none is. */
export function titleFrame(): boolean {
  const { frame } = useCanvas.getState();
  if (frame === null) return false;
  useCanvas.setState({ titling: frame });
  return true;
}

/** Removes the selected frame and none of its nodes; false where none is. */
export function removeSelectedFrame(editor: Editor): boolean {
  const { frame } = useCanvas.getState();
  if (frame === null) return false;
  removeFrame(editor.document, frame);
  useCanvas.setState({ frame: null, titling: null });
  return true;
}

/** Moves the selected frame with the nodes in it, as one edit; false where none is selected. */
export function moveFrame(editor: Editor, [dx, dy]: Point): boolean {
  const { document } = editor;
  const { nodes, frames } = document.getSnapshot();
  const frame = frames.find(({ uid }) => uid === useCanvas.getState().frame);
  if (!frame) return false;
  const inside = nodes.filter((node) => isInside(frame, node.at, sizeOf(node)));
  const places = new Map(inside.map(({ uid, at }) => [uid, [at[0] + dx, at[1] + dy] as const]));
  const at = pairLiteral([frame.at[0] + dx, frame.at[1] + dy]);
  document.transact(() => {
    setFrameField(document, frame.uid, "at", at);
    moveNodes(document, places);
  }, `move ${frame.uid}`);
  return true;
}

/** Whether a card lies in a frame: its middle does. */
export function isInside({ at, size }: FrameView, [x, y]: Point, [width, height]: Point): boolean {
  const [right, down] = [x + width / 2 - at[0], y + height / 2 - at[1]];
  return right > 0 && right < size[0] && down > 0 && down < size[1];
}

function sizeOf({ uid, size }: NodeView): Point {
  const card = useCanvas.getState().scene().card(uid);
  return card ? [card.layout.width, card.layout.height] : (size ?? CARD);
}
