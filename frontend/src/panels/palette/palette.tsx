/** The left panel: search, chips by category, the list of nodes, the theme. */
import { memo, type ReactNode } from "react";
import { focusOn } from "../../canvas/canvas-keys";
import { useCanvas } from "../../canvas/canvas-store";
import { usualPlace } from "../../canvas/free-place";
import { useCatalog } from "../../catalog/catalog-store";
import { PALETTE_ROWS } from "../../catalog/palette-rows";
import { useDocument, useEditor } from "../../editor/editor";
import { focusCanvas } from "../../editor/focus-canvas";
import { placeOperation } from "../../editor/place-operation";
import { type Theme, useView } from "../../view/view-store";
import { IconButton } from "../icons";
import { NodeList } from "./node-list";
import { OPERATION_TYPE, OperationSearch } from "./operation-search";
import "./palette.css";

/** What can be put on the canvas, and what is on it. */
export function Palette(): ReactNode {
  const editor = useEditor();
  const canvasSearch = useView((view) => view.search !== null);
  const place = (operation: string, words = ""): void => {
    const { catalog } = useCatalog.getState();
    const { selection, center } = useView.getState();
    const isSource = catalog.operations.get(operation)?.kind === "source";
    const at = usualPlace(useCanvas.getState().scene(), [...selection][0], center, isSource);
    const uid = placeOperation(editor.document, catalog, operation, at, null, words);
    focusOn(editor, { kind: "node", uid });
    leave();
  };
  const leave = (): void => {
    useView.getState().leaveSide();
    focusCanvas();
  };
  return (
    <aside className="shell-palette" aria-label="Palette">
      <div className="palette">
        <OperationSearch fits={null} hidden={canvasSearch} onChoose={place} onCancel={leave}>
          <Chips onChoose={place} />
        </OperationSearch>
        <NodeList />
        <Foot />
      </div>
    </aside>
  );
}

const Chips = memo(function Chips({
  onChoose,
}: {
  readonly onChoose: (operation: string) => void;
}): ReactNode {
  const { catalog, state } = useCatalog();
  if (state === "failed")
    return <p className="palette-empty">The operations did not come. Reload the page to try again.</p>;
  if (state === "loading") return <p className="palette-empty">Reading PyTorch’s operations…</p>;
  return (
    <div className="palette-chips">
      {PALETTE_ROWS.map(({ heading, operations }) => {
        const known = operations.filter((name) => catalog.operations.has(name));
        if (known.length === 0) return null;
        return (
          <section key={heading} aria-label={heading}>
            <h2 className="palette-heading">{heading}</h2>
            <div className="palette-row">
              {known.map((name) => (
                <Chip
                  key={name}
                  name={name}
                  summary={catalog.operations.get(name)?.summary ?? ""}
                  onChoose={onChoose}
                />
              ))}
            </div>
          </section>
        );
      })}
    </div>
  );
});

interface ChipProps {
  readonly name: string;
  readonly summary: string;
  readonly onChoose: (operation: string) => void;
}

function Chip({ name, summary, onChoose }: ChipProps): ReactNode {
  return (
    <button
      type="button"
      className="chip"
      draggable
      data-op={name}
      title={`${name}: ${summary}\nDrag it onto the canvas, or click`}
      onDragStart={(event) => {
        event.dataTransfer.setData(OPERATION_TYPE, name);
        event.dataTransfer.effectAllowed = "copy";
      }}
      onClick={() => onChoose(name)}
    >
      {name.split(".").at(-1)}
    </button>
  );
}

const NEXT_THEME: Readonly<Record<Theme, Theme>> = { auto: "light", light: "dark", dark: "auto" };

function Foot(): ReactNode {
  const { document } = useEditor();
  const canUndo = useDocument(() => document.canUndo());
  const canRedo = useDocument(() => document.canRedo());
  const { catalog, state } = useCatalog();
  const theme = useView((view) => view.theme);
  const setTheme = useView((view) => view.setTheme);
  const toggle = useView((view) => view.toggle);
  const showDialog = useView((view) => view.showDialog);
  return (
    <footer className="palette-foot">
      <span className="palette-count">
        {state === "ready"
          ? `${catalog.operations.size} operations of torch ${shortVersion(catalog.torch)}`
          : ""}
      </span>
      <IconButton
        icon="undo"
        name="Undo"
        title="Undo (Ctrl+Z)"
        disabled={!canUndo}
        onClick={() => document.undo()}
      />
      <IconButton
        icon="redo"
        name="Redo"
        title="Redo (Ctrl+Y)"
        disabled={!canRedo}
        onClick={() => document.redo()}
      />
      <span className="palette-gap" />
      <IconButton icon="keys" name="Keys" title="All keys (?)" onClick={() => showDialog("keys")} />
      <IconButton icon={theme} name={`Theme: ${theme}`} onClick={() => setTheme(NEXT_THEME[theme])} />
      <IconButton icon="left" name="Fold the palette" onClick={() => toggle("palette")} />
    </footer>
  );
}

function shortVersion(version: string): string {
  return version.split("+")[0]?.split(".").slice(0, 2).join(".") ?? "";
}
