/** The header: name and title, whether it is saved, files, the run. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { setGraphField } from "../../document/commands";
import { useDocument, useEditor } from "../../editor/editor";
import { focusCanvas } from "../../editor/focus-canvas";
import { useWire } from "../../wire/wire-store";
import { FileButtons } from "./file-buttons";
import { RunAnnouncer } from "./run-announcer";
import { DeviceChoice, RunStatus, RunToolbar } from "./run-toolbar";
import "./header.css";

/** The page's upper edge. */
export function Header(): ReactNode {
  return (
    <header className="shell-header">
      <button type="button" className="skip-link" onClick={focusCanvas}>
        Go to the canvas
      </button>
      <div className="header">
        <div className="header-left">
          <img className="header-logo" src="/app/logo.svg" alt="" />
          <h1 className="header-name">GradCanvas</h1>
          <div className="header-document">
            <Title />
            <Saved />
          </div>
          <FileButtons />
        </div>
        <RunToolbar />
        <div className="header-right">
          <DeviceChoice />
          <RunStatus />
          <RunAnnouncer />
        </div>
      </div>
    </header>
  );
}

function Title(): ReactNode {
  const { document } = useEditor();
  const title = useDocument((snapshot) => snapshot.title);
  const [draft, setDraft] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    globalThis.document.title = title ? `${title} · GradCanvas` : "GradCanvas";
  }, [title]);
  const commit = (): void => {
    if (draft !== null && draft !== title)
      setGraphField(document, "title", draft.trim() === "" ? null : JSON.stringify(draft.trim()));
    setDraft(null);
  };
  return (
    <input
      ref={field}
      className="header-title"
      aria-label="Title"
      placeholder="Untitled"
      spellCheck={false}
      size={Math.max(8, (draft ?? title).length)}
      value={draft ?? title}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") field.current?.blur();
        if (event.key === "Escape") {
          setDraft(null);
          event.stopPropagation();
        }
      }}
    />
  );
}

const SAVED = {
  saving: "saving…",
  saved: "saved",
  unsaved: "not saved",
  offline: "not connected",
  connecting: "connecting…",
} as const;

function Saved(): ReactNode {
  const { connection, standing, unsaved, file } = useWire();
  const state = connection === "online" ? standing : connection === "connecting" ? "connecting" : "offline";
  const kept = file ? `Every edit is kept; Save writes ${file}` : "Every edit is kept by the server";
  const title =
    state === "offline"
      ? "Edits are kept in this page and sent when the server answers again"
      : state === "unsaved"
        ? (unsaved?.message ?? "")
        : kept;
  return (
    <span className="header-saved" data-state={state} title={title}>
      {SAVED[state]}
    </span>
  );
}
