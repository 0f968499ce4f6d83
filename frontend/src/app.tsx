/** The page: header, panels, canvas and dock around one open graph. */
import { type DragEvent, type ReactNode, useState } from "react";
import { canvasKeys } from "./canvas/canvas-keys";
import { GraphCanvas } from "./canvas/graph-canvas";
import { takeFile } from "./editor/data-files";
import { useEditor } from "./editor/editor";
import { pageKeys } from "./keys/page-keys";
import { useKeys } from "./keys/use-keys";
import { ExamplesDialog } from "./panels/dialogs/examples-dialog";
import { ExportDialog } from "./panels/dialogs/export-dialog";
import { KeysDialog } from "./panels/dialogs/keys-dialog";
import { Toasts } from "./panels/dialogs/toasts";
import { Dock } from "./panels/dock/dock";
import { Header } from "./panels/header/header";
import { IconButton } from "./panels/icons";
import { Inspector } from "./panels/inspector/inspector";
import { Palette } from "./panels/palette/palette";
import { RefusedPage } from "./panels/refused-page";
import { Unsaved } from "./panels/unsaved";
import { useTheme } from "./theme/use-theme";
import { useView } from "./view/view-store";
import { useWire } from "./wire/wire-store";

const allKeys = [...pageKeys, ...canvasKeys];

/** Everything a person sees of one graph. */
export function App(): ReactNode {
  const editor = useEditor();
  useTheme();
  useKeys(editor, allKeys);
  const paletteOpen = useView((view) => view.paletteOpen);
  const inspectorOpen = useView((view) => view.inspectorOpen);
  const narrow = useView((view) => view.narrow);
  const toggle = useView((view) => view.toggle);
  const drop = useFileDrop();
  const refusal = useWire(({ loaded, refusal }) => (loaded ? null : refusal));
  if (refusal !== null) return <RefusedPage why={refusal} />;
  return (
    <div className={drop.over ? "shell drop-target" : "shell"} data-narrow={narrow} {...drop.handlers}>
      <Header />
      {paletteOpen && <Palette />}
      <main className="shell-main">
        <div className="shell-canvas">
          <CanvasOrMessage />
          <Unsaved />
          {!paletteOpen && (
            <IconButton
              icon="right"
              name="Unfold the palette"
              className="shell-unfold shell-unfold-palette"
              onClick={() => toggle("palette")}
            />
          )}
          {!inspectorOpen && (
            <IconButton
              icon="left"
              name="Unfold the inspector"
              className="shell-unfold shell-unfold-inspector"
              onClick={() => toggle("inspector")}
            />
          )}
        </div>
        <Dock />
      </main>
      {inspectorOpen && <Inspector />}
      <Dialogs />
      <Toasts />
    </div>
  );
}

/** The canvas once the graph has come; before that, and where it never does, words. */
function CanvasOrMessage(): ReactNode {
  const loaded = useWire((wire) => wire.loaded);
  const connection = useWire((wire) => wire.connection);
  if (loaded) return <GraphCanvas />;
  if (connection === "offline")
    return (
      <div className="shell-message" role="alert">
        <h2>The server does not answer</h2>
        <p>Is “gradcanvas serve” still running? This page connects by itself as soon as it is.</p>
      </div>
    );
  return (
    <div className="shell-message">
      <p>Opening the graph…</p>
    </div>
  );
}

function Dialogs(): ReactNode {
  const dialog = useView((view) => view.dialog);
  if (dialog === "examples") return <ExamplesDialog />;
  if (dialog === "export") return <ExportDialog />;
  return dialog === "keys" ? <KeysDialog rows={allKeys} /> : null;
}

interface FileDrop {
  readonly over: boolean;
  readonly handlers: {
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDragLeave: (event: DragEvent) => void;
    readonly onDrop: (event: DragEvent) => void;
  };
}

/** A graph file that is dropped anywhere on the page is opened; the canvas takes data where it is dropped. */
function useFileDrop(): FileDrop {
  const editor = useEditor();
  const [over, setOver] = useState(false);
  const hasFile = (event: DragEvent): boolean => event.dataTransfer.types.includes("Files");
  return {
    over,
    handlers: {
      onDragOver: (event) => {
        if (!hasFile(event)) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: (event) => {
        if (event.relatedTarget === null) setOver(false);
      },
      onDrop: (event) => {
        setOver(false);
        const file = event.dataTransfer.files[0];
        if (!file || event.defaultPrevented) return;
        event.preventDefault();
        void takeFile(editor, file);
      },
    },
  };
}
