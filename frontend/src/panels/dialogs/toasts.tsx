/** What is announced: notices of the server and of the page, seen for a while and read out. */
import { type ReactNode, useEffect } from "react";
import { useEditor } from "../../editor/editor";
import { type RunState, useRun } from "../../run/run-store";
import { useView } from "../../view/view-store";
import { IconButton } from "../icons";
import { InlineCode } from "../inline-code";
import "./dialogs.css";

/** Toasts stand above the dock, which they must not cover. */
const ABOVE_DOCK = 12;
const FOLDED_DOCK = 36;

const SHOWN_MS = { info: 4000, warning: 9000, error: 14_000 } as const;

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
  useEffect(() => {
    const timer = setTimeout(() => run.dismiss(key), SHOWN_MS[level]);
    return () => clearTimeout(timer);
  }, [run, key, level]);
  return (
    <div className="toast" data-level={level}>
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
