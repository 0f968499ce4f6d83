/** What flows back along one edge, in exact figures, or why nothing does. */
import type { ReactNode } from "react";
import { cutEdge } from "../../document/commands";
import type { EdgeView } from "../../document/types";
import { useEditor, useSnapshot } from "../../editor/editor";
import { figure, NORM } from "../../run/frame";
import { useView } from "../../view/view-store";
import { Elements, type ElementsPart } from "./elements";
import { FigureTable, useNumbers } from "./figures";

/** The selected edge. */
export function EdgeInspector({ edge }: { readonly edge: EdgeView }): ReactNode {
  const { document } = useEditor();
  const { byUid } = useSnapshot();
  const { frame, layout } = useNumbers();
  const row = layout?.edgeRow.get(edge.id);
  const why = row === undefined ? null : (layout?.layout.edges[row]?.why ?? null);
  const from = row === undefined ? undefined : layout?.layout.edges[row]?.from;
  const source = from === undefined ? undefined : layout?.outputRow.get(from);
  const shape = source === undefined ? [] : (layout?.layout.outputs[source]?.shape ?? []);
  const parts: ElementsPart[] = [{ name: "gradient", query: { what: "edge", edge: edge.id }, signed: true }];
  const flows = frame !== null && figure(frame.edges, row, NORM) !== null;
  const ends = [byUid.get(edge.source), byUid.get(edge.target)];
  return (
    <>
      <div className="inspector-head">
        <h2 className="inspector-heading">Gradient of {edge.id}</h2>
      </div>
      <div className="inspector-actions">
        {ends.map(
          (node) =>
            node && (
              <button
                key={node.uid}
                type="button"
                className="button"
                onClick={() => {
                  useView.getState().select([node.uid]);
                  useView.getState().revealNode(node.uid);
                }}
              >
                {node === ends[0] ? `from ${node.id}` : `into ${node.id}`}
              </button>
            ),
        )}
        <button
          type="button"
          className="button"
          onClick={() => {
            cutEdge(document, edge);
            useView.getState().selectEdge(null);
          }}
        >
          Cut
        </button>
      </div>
      <div className="box">
        <FigureTable
          blocks={[{ name: "gradient", figures: frame?.edges ?? null, row, signed: true, single: false }]}
        />
        <Elements key={edge.id} of={edge.id} shape={shape} parts={parts} />
      </div>
      {why && !flows && <p className="dim">No gradient: {why}.</p>}
      {row === undefined && <p className="dim">No gradient: one of its nodes did not run.</p>}
    </>
  );
}
