/** What the file buttons and their keys do: new, open, save, share. */

import { fileAddress, makeGraph, type NewGraph, saveToFile } from "../wire/api";
import { Refused } from "../wire/refused";
import { editsArrived, useWire } from "../wire/wire-store";
import type { Editor } from "./editor";

/** Makes a graph and goes to it; a refusal is announced, with the file's name where it comes from one. */
export async function openGraph(editor: Editor, content: NewGraph, file = ""): Promise<void> {
  try {
    const { id } = await makeGraph(content);
    window.location.assign(`/g/${encodeURIComponent(id)}`);
  } catch (error) {
    announceRefusal(editor, error, file);
  }
}

/** Lets the person choose a graph file and opens it. */
export function chooseFile(editor: Editor): void {
  const field = document.createElement("input");
  field.type = "file";
  field.accept = ".json,application/json";
  field.hidden = true;
  field.addEventListener("change", () => {
    const file = field.files?.[0];
    field.remove();
    if (file) void openFile(editor, file);
  });
  field.addEventListener("cancel", () => field.remove());
  document.body.append(field);
  field.click();
}

/** Opens a graph file that was chosen or dropped. */
export async function openFile(editor: Editor, file: File): Promise<void> {
  try {
    await openGraph(editor, { file: await file.text() }, file.name);
  } catch {
    announce(editor, `${file.name} cannot be read: it may be a folder, or have been moved.`);
  }
}

/** Writes the file the server was started on, or downloads the graph where there is none. */
export async function saveGraph(editor: Editor): Promise<void> {
  const { graph } = editor.wire;
  if (useWire.getState().connection !== "online") {
    announce(editor, "Not connected: your edits are kept in this page. Save again when the server answers.");
    return;
  }
  await editsArrived();
  if (useWire.getState().file === null) {
    download(fileAddress(graph));
    announce(editor, "The graph file is in your downloads.");
    return;
  }
  try {
    const path = await saveOver(graph);
    if (path === null) download(fileAddress(graph));
    else if (path !== "") announce(editor, `Saved to ${path}.`);
  } catch (error) {
    announceRefusal(editor, error);
  }
}

/** Saves; where the file changed on disk the person decides. "" where they decide against it. */
async function saveOver(graph: string): Promise<string | null> {
  try {
    return await saveToFile(graph, false);
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== "changed-on-disk") throw error;
    const overwrite = window.confirm(`${error.message}\n\nOverwrite it with the graph as it is here?`);
    return overwrite ? saveToFile(graph, true) : "";
  }
}

/** Puts the graph's address on the clipboard. */
export async function shareGraph(editor: Editor): Promise<void> {
  await copyText(editor, window.location.href, "The graph’s address is on the clipboard.");
}

/** Puts a text on the clipboard and says so. */
export async function copyText(editor: Editor, text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    announce(editor, done);
  } catch {
    announce(editor, `The browser refused the clipboard. Copy it by hand: ${text.slice(0, 200)}`);
  }
}

/** Gives the browser a text to save as a file. */
export function downloadText(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  download(address, name);
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Tells the person something that went well. */
export function announce(editor: Editor, message: string): void {
  editor.run.takeNotice({ level: "info", code: "done", message, help: "" });
}

/** Tells the person why something was refused, and what, if it has a name. */
export function announceRefusal(editor: Editor, error: unknown, what = ""): void {
  const refused = error instanceof Refused ? error : null;
  const message = error instanceof Error ? error.message : String(error);
  editor.run.takeNotice({
    level: "error",
    code: refused?.code ?? "failed",
    message: what === "" ? message : `${what}: ${message}`,
    help: refused?.help ?? "",
  });
}

function download(address: string, name = ""): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}
