/** The few buttons of the canvas: zoom, fit, arrange. */
import type { ReactNode } from "react";
import { useView } from "../view/view-store";
import { arrangeNodes } from "./arrange-nodes";
import { fitView } from "./canvas-store";
import type { Stage } from "./stage";

interface Props {
  readonly stage: Stage;
  readonly onZoom: (factor: number) => void;
}

/** Stands in the corner of the canvas. */
export function Controls({ stage, onZoom }: Props): ReactNode {
  const arrange = (): void => {
    const fail = (error: Error): void =>
      stage.editor.run.takeNotice({
        level: "error",
        code: "not-arranged",
        message: error.message,
        help: "Large graphs are arranged part by part: select some nodes first.",
      });
    arrangeNodes(stage.editor, stage.model(), useView.getState().selection).then(fitView, fail);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: buttons of a view, not fields of a form
    <div className="canvas-controls" role="group" aria-label="View">
      <button type="button" aria-label="Zoom in" title="Zoom in" onClick={() => onZoom(1.25)}>
        +
      </button>
      <button type="button" aria-label="Zoom out" title="Zoom out" onClick={() => onZoom(0.8)}>
        −
      </button>
      <button type="button" aria-label="Fit view" title="Fit view (Shift+1)" onClick={fitView}>
        ⤢
      </button>
      <button
        type="button"
        aria-label="Arrange"
        title="Arrange the selection, or the whole graph, from left to right"
        onClick={arrange}
      >
        ⇥
      </button>
    </div>
  );
}
