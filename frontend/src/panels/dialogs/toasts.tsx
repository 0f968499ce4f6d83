/** What is announced: notices of the server and of the page, seen for a while and read out. */
import { type ReactNode, useEffect, useState } from "react";
import { useEditor } from "../../editor/editor";
import { type RunState, useRun } from "../../run/run-store";
import { useView } from "../../view/view-store";
import { IconButton } from "../icons";
import { InlineCode } from "../inline-code";
import "./dialogs.css";

/** Toasts stand above the dock and above the legend and the buttons on it, which they must not cover. */
const ABOVE_DOCK = 52;
const FOLDED_DOCK = 36;

const SHOWN_MS = { info: 4000, warning: 9000, error: 14_000 } as const;
/** By then it has been seen: when a person goes on, what it said of the graph may hold no longer. */
const SEEN_MS = 2500;

/** The newest few notices. */
export function Toasts(): ReactNode {
  const notices = useRun((run) => run.notices);
  const dock = useView((view) => (view.dockOpen ? view.dockHeight : FOLDED_DOCK));
  return (
    <div
      className="toasts"
      style={{ bottom: dock + ABOVE_DOCK }}
      role="log"
      aria-label="Announcements"
      aria-live="polite"
    >
      {notices.map((notice) => (
        <Toast key={notice.key} notice={notice} />
      ))}
    </div>
  );
}

function Toast({ notice }: { readonly notice: RunState["notices"][number] }): ReactNode {
  const { run } = useEditor();
  const { key, level, message, help } = notice;
  const [held, setHeld] = useState(false);
  useDismissal(notice, held);
  return (
    <div
      className="toast"
      data-level={level}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
    >
      <div className="toast-text">
        <p>
          <InlineCode text={message} />
        </p>
        {help && (
          <p>
            <InlineCode text={help} />
          </p>
        )}
      </div>
      <IconButton icon="close" name="Dismiss" onClick={() => run.dismiss(key)} />
    </div>
  );
}

/** A notice goes after its time, or as soon as it was seen where the person edits or runs; not while the mouse is on it. */
function useDismissal({ key, level }: RunState["notices"][number], held: boolean): void {
  const { run, document } = useEditor();
  const [since] = useState(() => Date.now());
  useEffect(() => {
    if (held) return undefined;
    let timer = setTimeout(() => run.dismiss(key), SHOWN_MS[level]);
    const goOn = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => run.dismiss(key), Math.max(0, since + SEEN_MS - Date.now()));
    };
    const stops = [
      document.onUpdate(goOn),
      useRun.subscribe(({ status }, before) => {
        if (status?.state === "running" && before.status?.state !== "running") goOn();
      }),
    ];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [run, document, key, level, held, since]);
}
