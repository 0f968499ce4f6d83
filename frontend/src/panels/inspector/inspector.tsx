/** The right panel, region "Inspector": the fields of what is selected, or of the training loop. */
import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { removeNodes, setField } from "../../document/commands";
import { useEditor, useSnapshot } from "../../editor/editor";
import { focusCanvas } from "../../editor/focus-canvas";
import { useView } from "../../view/view-store";
import { IconButton } from "../icons";
import { EdgeInspector } from "./edge-inspector";
import { useEditRequest } from "./edit-request";
import { GraphSettings } from "./graph-settings";
import { NodeInspector } from "./node-inspector";
import "./inspector.css";

/** Shows what is selected. */
export function Inspector(): ReactNode {
  const { byUid, edges, nodes } = useSnapshot();
  const selection = useView((view) => view.selection);
  const edgeId = useView((view) => view.edge);
  const toggle = useView((view) => view.toggle);
  const region = useRef<HTMLElement>(null);
  useEditRequest(region);
  const selected = [...selection].map((uid) => byUid.get(uid)).filter((node) => node !== undefined);
  const [first] = selected;
  const edge = edges.find((found) => found.id === edgeId);
  return (
    <section ref={region} className="shell-inspector" aria-label="Inspector" onKeyDown={leaveOnEscape}>
      <div className="inspector">
        {edge ? (
          <EdgeInspector edge={edge} />
        ) : first && selected.length === 1 ? (
          <NodeInspector key={first.uid} node={first} />
        ) : selected.length > 1 ? (
          <Several uids={selected.map((node) => node.uid)} />
        ) : (
          <GraphSettings />
        )}
      </div>
      <footer className="inspector-foot">
        <IconButton icon="right" name="Fold the inspector" onClick={() => toggle("inspector")} />
      </footer>
      <datalist id="node-names">
        {nodes.length <= 300 && nodes.map((node) => <option key={node.uid} value={node.id} />)}
      </datalist>
    </section>
  );
}

/** Escape comes back to the canvas; a field that holds a draft takes that back first. */
function leaveOnEscape(event: KeyboardEvent): void {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  event.stopPropagation();
  useView.getState().leaveSide();
  focusCanvas();
}

function Several({ uids }: { readonly uids: readonly string[] }): ReactNode {
  const { document } = useEditor();
  return (
    <>
      <h2 className="inspector-heading">{uids.length} nodes selected</h2>
      <div className="inspector-actions">
        <button type="button" className="button" onClick={() => setField(document, uids, "bypass", "true")}>
          Bypass
        </button>
        <button type="button" className="button" onClick={() => setField(document, uids, "bypass", null)}>
          Take part again
        </button>
        <button
          type="button"
          className="button"
          onClick={() => {
            removeNodes(document, uids);
            useView.getState().select([]);
          }}
        >
          Delete
        </button>
      </div>
    </>
  );
}
