/** Opens the graph that the address names: makes the parts, connects them, draws the page. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { takeCatalog, useCatalog } from "./catalog/catalog-store";
import { GraphDocument } from "./document/graph-document";
import { EditorProvider } from "./editor/editor";
import { Run } from "./run/run-store";
import "./theme/tokens.css";
import "./theme/base.css";
import "./theme/shell.css";
import { applyRememberedTheme } from "./theme/use-theme";
import { followWindow } from "./view/follow-window";
import { fetchCatalog } from "./wire/api";
import { Connection } from "./wire/connection";

const [, graph = ""] = /^\/g\/([^/]+)/.exec(window.location.pathname) ?? [];
const document = new GraphDocument();
const run = new Run();
const wire = new Connection(decoded(graph), document, run);

/** What is no escape sequence names no graph either: the server says so. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const root = globalThis.document.getElementById("root");

applyRememberedTheme();
followWindow();
wire.open();
fetchCatalog().then(takeCatalog, () => useCatalog.setState({ state: "failed" }));
if (root)
  createRoot(root).render(
    <StrictMode>
      <EditorProvider value={{ document, run, wire }}>
        <App />
      </EditorProvider>
    </StrictMode>,
  );
