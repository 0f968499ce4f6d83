/** The graphs that the server keeps, newest first, as ways to them. */
import { type ReactNode, useEffect, useState } from "react";
import { fetchGraphs, type KeptGraph } from "../wire/api";
import "./graph-list.css";

/** More than these are not looked through. */
const MOST = 12;

/** Nothing where there is none but `except`, or where the list does not come. */
export function GraphList({ except }: { readonly except: string }): ReactNode {
  const [graphs, setGraphs] = useState<readonly KeptGraph[]>([]);
  useEffect(() => {
    fetchGraphs().then(setGraphs, () => setGraphs([]));
  }, []);
  const others = graphs.filter((graph) => graph.id !== except).slice(0, MOST);
  if (others.length === 0) return null;
  return (
    <section className="graph-list" aria-label="Your graphs">
      <h3>Your graphs</h3>
      <ul>
        {others.map(({ id, title, changed }) => (
          <li key={id}>
            <a href={`/g/${encodeURIComponent(id)}`}>
              <b>{title || "Untitled"}</b>
              <span>{when(changed)}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function when(seconds: number): string {
  return new Date(seconds * 1000).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}
