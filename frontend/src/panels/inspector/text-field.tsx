/** A field that takes text: commits on Enter and on leaving, Escape takes back what was typed, refusals stand below. */
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { focusCanvas } from "../palette/focus-canvas";

interface Props {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly title?: string;
  readonly required?: boolean;
  /** More than one line; Enter commits, Shift+Enter begins a line. */
  readonly lines?: number;
  /** Node names that may be typed. */
  readonly list?: string;
  /** Takes the text, or says why not. */
  readonly onCommit: (text: string) => string | null;
  /** Takes what is typed so far if it can already stand; what it makes is one undo step with the commit. */
  readonly onTyping?: (text: string) => void;
  /** Sets back what `onTyping` did. */
  readonly onCancel?: () => void;
}

/** One labelled text field. */
export function TextField(props: Props): ReactNode {
  const {
    label,
    value,
    placeholder,
    title,
    required = false,
    lines = 1,
    list,
    onCommit,
    onTyping,
    onCancel,
  } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const id = useId();
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const latest = useLatest({ draft, value, onCommit });

  const commit = (): void => {
    if (draft === null) return;
    const refused = draft === value && onTyping === undefined ? null : onCommit(draft);
    setRefusal(refused);
    if (refused === null) setDraft(null);
  };
  // A field that is taken away with a draft in it (another node is selected) commits it.
  useEffect(
    () => () => {
      const { draft: left, value: stood, onCommit: take } = latest.current;
      if (left !== null && left !== stood) take(left);
    },
    [latest],
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && !(lines > 1 && event.shiftKey) && !event.ctrlKey && !event.metaKey) {
      commit();
      event.preventDefault();
    } else if (event.key === "Escape") {
      if (draft !== null) onCancel?.();
      setDraft(null);
      setRefusal(null);
      event.stopPropagation();
      if (draft === null) focusCanvas();
    }
  };
  const shared = {
    id,
    className: "field",
    value: draft ?? value,
    placeholder,
    spellCheck: false,
    autoComplete: "off",
    "aria-invalid": refusal !== null,
    "aria-describedby": refusal ? `${id}-refusal` : undefined,
    onChange: (event: { target: { value: string } }) => {
      setDraft(event.target.value);
      onTyping?.(event.target.value);
    },
    onBlur: commit,
    onKeyDown,
  };
  return (
    <div className="field-row" data-wide={lines > 1} data-required={required} title={title}>
      <label htmlFor={id}>{label}</label>
      {lines > 1 ? (
        <textarea ref={field} rows={lines} {...shared} />
      ) : (
        <input ref={field} list={list} {...shared} />
      )}
      {refusal && (
        <p className="field-note" id={`${id}-refusal`} role="alert">
          {refusal}
        </p>
      )}
    </div>
  );
}

function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  latest.current = value;
  return latest;
}
