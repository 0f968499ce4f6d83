/** What is dragged onto the canvas: operations of the palette, and files that hold data. */
import { type DragEvent, useCallback } from "react";
import { useCatalog } from "../catalog/catalog-store";
import type { Point } from "../document/types";
import { isDataFile, placeDataFiles } from "../editor/data-files";
import { placeOperation } from "../editor/place-operation";
import { OPERATION_TYPE } from "../panels/palette/operation-search";
import { useCanvas } from "./canvas-store";
import { placeInGraph, type Stage } from "./stage";

interface DropHandlers {
  readonly onDragOver: (event: DragEvent) => void;
  readonly onDrop: (event: DragEvent) => void;
}

/** Makes the nodes of what is dragged onto the canvas where it is let go. */
export function useDrop(stage: Stage | null): DropHandlers {
  const onDragOver = useCallback((event: DragEvent) => {
    if (!event.dataTransfer.types.includes(OPERATION_TYPE)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  }, []);
  const onDrop = useCallback(
    (event: DragEvent) => {
      if (stage === null) return;
      const operation = event.dataTransfer.getData(OPERATION_TYPE);
      const files = Array.from(event.dataTransfer.files).filter(isDataFile);
      if (operation === "" && files.length === 0) return;
      event.preventDefault();
      const { x, y } = placeInGraph(stage, event);
      const at: Point = [Math.round(x - 66), Math.round(y - 46)];
      const { document } = stage.editor;
      if (files.length > 0) {
        void placeDataFiles(stage.editor, files, at);
        return;
      }
      const uid = placeOperation(document, useCatalog.getState().catalog, operation, at);
      useCanvas.setState({ focus: { kind: "node", uid }, hover: null });
    },
    [stage],
  );
  return { onDragOver, onDrop };
}
