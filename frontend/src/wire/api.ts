/** The server's HTTP routes, as docs/wire.md has them. */
import type { OperationPage } from "../catalog/documentation";
import { readCatalog } from "../catalog/read-catalog";
import type { Catalog } from "../catalog/types";
import type { ExampleEntry, GraphEntry, MadeGraph, NewGraph, Refusal } from "./messages";
import { Refused } from "./refused";

/** The catalogue; waits while the server builds it. */
export async function fetchCatalog(): Promise<Catalog> {
  for (;;) {
    const answer = await fetch("/api/catalog");
    if (answer.status !== 503) return readCatalog(await body(answer));
    const seconds = Number(answer.headers.get("Retry-After")) || 1;
    await new Promise((resume) => setTimeout(resume, Math.min(seconds, 5) * 1000));
  }
}

/** What is told of an operation. */
export async function fetchOperationPage(operation: string): Promise<OperationPage> {
  return (await body(await fetch(`/api/documentation/${encodeURIComponent(operation)}`))) as OperationPage;
}

/** The examples, in the order they are offered. */
export async function fetchExamples(): Promise<readonly ExampleEntry[]> {
  return (await body(await fetch("/api/examples"))) as ExampleEntry[];
}

/** The graphs that the server keeps, newest first. */
export async function fetchGraphs(): Promise<readonly GraphEntry[]> {
  return (await body(await fetch("/api/graphs"))) as GraphEntry[];
}

/** Makes a graph of a file's text, of an example, or an empty one. */
export async function makeGraph(content: NewGraph): Promise<MadeGraph> {
  return (await body(await post("/api/graphs", content))) as MadeGraph;
}

/** Forgets a graph that no page shows, for good. */
export async function deleteGraph(graph: string): Promise<void> {
  await body(await fetch(`/api/graphs/${encodeURIComponent(graph)}`, { method: "DELETE" }));
}

/** Writes the graph back to the file the server was started on; null where there is none. */
export async function saveToFile(graph: string, overwrite: boolean): Promise<string | null> {
  const answer = await post(`/api/graphs/${encodeURIComponent(graph)}/save`, overwrite ? { overwrite } : {});
  if (answer.status === 404) return null;
  return ((await body(answer)) as { path: string }).path;
}

/** Where the graph's file is downloaded. */
export function fileAddress(graph: string): string {
  return `/api/graphs/${encodeURIComponent(graph)}/file`;
}

/** An export as text. */
export async function fetchExport(graph: string, to: ExportKind, autograd: boolean): Promise<string> {
  const answer = await fetch(
    `/api/graphs/${encodeURIComponent(graph)}/export/${to}?autograd=${autograd ? 1 : 0}`,
  );
  if (!answer.ok) await body(answer);
  return answer.text();
}

export type { ExampleEntry as Example, GraphEntry as KeptGraph, MadeGraph, NewGraph } from "./messages";

export type ExportKind = "python" | "dot" | "svg";

function post(address: string, content: unknown): Promise<Response> {
  return fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(content),
  });
}

async function body(answer: Response): Promise<unknown> {
  const json = (await answer.json().catch(() => null)) as { error?: Refusal } | null;
  if (answer.ok) return json;
  const refusal = json?.error ?? {
    code: "unexpected",
    message: `The server answered ${answer.status}.`,
    help: "Try again; if it stays, look at the server's own output.",
  };
  throw new Refused(refusal);
}
