/** Files of data that a person drops or chooses: each becomes a data URL in a node, so a graph stays one file. */
import { DATA_ENDINGS, dataUrl, LARGEST_DATA_BYTES, mediaOf, sizeText } from "../arguments/data-url";
import { addNode } from "../document/commands";
import { proposeId } from "../document/identifiers";
import type { Point } from "../document/types";
import { useView } from "../view/view-store";
import type { Editor } from "./editor";
import { openFile } from "./files";
import { freeSpot } from "./free-spot";

const BESIDE = 170;

/** Whether a file is one of data, by its name. */
export function isDataFile(file: File): boolean {
  return mediaOf(file.name) !== null;
}

/** Takes a file that is dropped beside the canvas: data becomes a node, a graph is opened, others are refused. */
export async function takeFile(editor: Editor, file: File): Promise<void> {
  if (isDataFile(file)) {
    const at = freeSpot(editor.document.getSnapshot(), useView.getState().center);
    await placeDataFiles(editor, [file], at);
  } else if (file.type === "application/json" || /(\.json|^[^.]*)$/i.test(file.name)) {
    await openFile(editor, file);
  } else {
    refuse(
      editor,
      `${file.name} is neither a graph nor data that can be read.`,
      "A graph is a .json file; data is a .csv, .npy or .safetensors file.",
    );
  }
}

/** Makes a node of data of each file, side by side, as one edit. */
export async function placeDataFiles(editor: Editor, files: readonly File[], [x, y]: Point): Promise<void> {
  const read = await Promise.all(files.map(async (file) => [file, await readData(editor, file)] as const));
  const { document } = editor;
  const made = document.asOneStep(() =>
    read.flatMap(([file, url], place) => {
      if (url === null) return [];
      const taken = document.getSnapshot().byId;
      const stem = file.name.replace(/\.[^.]*$/, "").replaceAll(".", "_");
      const id = proposeId(stem, (name) => taken.has(name));
      const args = { source: JSON.stringify(url) };
      return [addNode(document, { op: "gradcanvas.data", at: [x + place * BESIDE, y], id, args })];
    }),
  );
  if (made.length > 0) useView.getState().select(made);
}

/** Lets the person choose a file of data, and gives its data URL; nothing where none is chosen or it is refused. */
export function chooseData(editor: Editor, take: (url: string) => void): void {
  const field = window.document.createElement("input");
  field.type = "file";
  field.accept = DATA_ENDINGS;
  field.hidden = true;
  field.addEventListener("change", () => {
    const file = field.files?.[0];
    field.remove();
    if (!file) return;
    void readData(editor, file).then((url) => {
      if (url !== null) take(url);
    });
  });
  field.addEventListener("cancel", () => field.remove());
  window.document.body.append(field);
  field.click();
}

/** The data URL of a file; a file that is too large, of another kind or unreadable is announced, and gives null. */
async function readData(editor: Editor, file: File): Promise<string | null> {
  const media = mediaOf(file.name);
  if (media === null) {
    refuse(
      editor,
      `${file.name} holds no data that can be read.`,
      "Choose a .csv, .npy or .safetensors file.",
    );
    return null;
  }
  if (file.size > LARGEST_DATA_BYTES) {
    const most = sizeText(LARGEST_DATA_BYTES);
    refuse(
      editor,
      `${file.name} has ${sizeText(file.size)}; a graph keeps at most ${most} of one file.`,
      "Take a part of its rows, or fewer columns.",
    );
    return null;
  }
  try {
    return dataUrl(file.name, media, await base64Of(file));
  } catch {
    refuse(editor, `${file.name} could not be read.`, "Is it still there, and may the browser read it?");
    return null;
  }
}

function base64Of(file: File): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => {
      const url = String(reader.result);
      done(url.slice(url.indexOf(",") + 1));
    };
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });
}

function refuse(editor: Editor, message: string, help: string): void {
  editor.run.takeNotice({ level: "error", code: "bad-file", message, help });
}
