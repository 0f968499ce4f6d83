/** The graphs that the server keeps, newest first, as ways to them; each can be deleted. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { fetchGraphs, type KeptGraph } from "../wire/api";
import { DeleteQuestion } from "./delete-question";
import "./graph-list.css";
import { IconButton } from "./icons";

/** More than these are shown when somebody asks for them. */
const FIRST = 12;

/** Nothing where there is none but `except`, or where the list does not come. */
export function GraphList({ except }: { readonly except: string }): ReactNode {
  const [graphs, setGraphs] = useState<readonly KeptGraph[]>([]);
  const [all, setAll] = useState(false);
  const [asked, setAsked] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    fetchGraphs().then(setGraphs, () => setGraphs([]));
  }, []);
  useEffect(() => {
    if (all) list.current?.querySelectorAll("a")[FIRST]?.focus();
  }, [all]);
  const others = graphs.filter((graph) => graph.id !== except);
  const shown = all ? others : others.slice(0, FIRST);
  const now = new Date();

  const keep = (row: number): void => {
    setAsked(null);
    requestAnimationFrame(() => list.current?.children[row]?.querySelector("button")?.focus());
  };
  const remove = (id: string, row: number): void => {
    setGraphs(graphs.filter((graph) => graph.id !== id));
    setAsked(null);
    requestAnimationFrame(() => {
      const links = list.current?.querySelectorAll("a") ?? [];
      links[Math.min(row, links.length - 1)]?.focus();
    });
  };

  if (others.length === 0) return null;
  return (
    <section className="graph-list" aria-label="Your graphs">
      <h3>Your graphs</h3>
      <ul ref={list}>
        {shown.map(({ id, title, changed }, row) => (
          <li key={id}>
            {asked === id ? (
              <DeleteQuestion
                graph={id}
                title={title || "Untitled"}
                onKeep={() => keep(row)}
                onDeleted={() => remove(id, row)}
              />
            ) : (
              <>
                <a
                  href={`/g/${encodeURIComponent(id)}`}
                  title={`${title || "Untitled"}, changed ${full(changed)}`}
                >
                  <b data-untitled={title === ""}>{title || "Untitled"}</b>
                  <span>{shortDate(changed, now)}</span>
                </a>
                <IconButton
                  icon="delete"
                  name={`Delete ${title || "Untitled"}`}
                  className="graph-list-delete"
                  onClick={() => setAsked(id)}
                />
              </>
            )}
          </li>
        ))}
      </ul>
      {shown.length < others.length && (
        <button type="button" className="link-button graph-list-more" onClick={() => setAll(true)}>
          Show all {others.length}
        </button>
      )}
    </section>
  );
}

function full(seconds: number): string {
  return new Date(seconds * 1000).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

/** The time of a moment today, the day of an earlier one, with its year where that is another. */
export function shortDate(seconds: number, now: Date, locale?: string): string {
  const date = new Date(seconds * 1000);
  if (date.toDateString() === now.toDateString())
    return date.toLocaleTimeString(locale, { timeStyle: "short" });
  const isOld = date.getFullYear() !== now.getFullYear();
  const day = { month: "short", day: "numeric" } as const;
  return date.toLocaleDateString(locale, isOld ? { ...day, year: "numeric" } : day);
}
