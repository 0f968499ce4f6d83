/** A field that takes text: commits on Enter and on leaving, Escape takes back what was typed, refusals stand below. */
import { type KeyboardEvent, type ReactNode, type TextareaHTMLAttributes, useId } from "react";
import { InlineCode } from "../inline-code";
import { FieldLabel } from "./field-label";
import { type DraftActions, useDraft } from "./use-draft";

interface Props extends DraftActions {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly title?: string;
  readonly required?: boolean;
  /** More than one line; Enter commits, Shift+Enter begins a line. */
  readonly lines?: number;
  /** Words rather than code: long lines are broken, and what stands between backticks is read as code. */
  readonly prose?: boolean;
  /** Node names that may be typed. */
  readonly list?: string;
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
    prose = false,
    list,
    onCommit,
    onTyping,
    onCancel,
  } = props;
  const id = useId();
  const draft = useDraft(value, { onCommit, onTyping, onCancel });
  const { refusal } = draft;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && !(lines > 1 && event.shiftKey) && !event.ctrlKey && !event.metaKey) {
      draft.commit();
      event.preventDefault();
    } else if (event.key === "Escape" && draft.cancel()) event.stopPropagation();
  };
  const shared = {
    id,
    className: "field",
    value: draft.text ?? value,
    "data-draft": draft.text !== null,
    placeholder,
    spellCheck: false,
    autoComplete: "off",
    "aria-invalid": refusal !== null,
    "aria-describedby": refusal ? `${id}-refusal` : undefined,
    onChange: (event: { target: { value: string } }) => draft.type(event.target.value),
    onBlur: draft.commit,
    onKeyDown,
  };
  return (
    <div
      className="field-row"
      data-wide={lines > 1}
      data-prose={prose}
      data-required={required}
      title={title}
    >
      <FieldLabel id={id} name={label} />
      {lines > 1 ? <Lines prose={prose} rows={lines} {...shared} /> : <input list={list} {...shared} />}
      {refusal && (
        <p className="field-note" id={`${id}-refusal`} role="alert">
          {refusal}
        </p>
      )}
    </div>
  );
}

type LinesProps = TextareaHTMLAttributes<HTMLTextAreaElement> & { readonly prose: boolean };

/** Several lines; words lie over the field to be read, with their code as code, until it has the focus. */
function Lines({ prose, ...shared }: LinesProps): ReactNode {
  if (!prose) return <textarea {...shared} />;
  return (
    <div className="prose-field">
      <textarea {...shared} />
      <p className="prose-shown" aria-hidden="true">
        <InlineCode text={String(shared.value ?? "")} />
      </p>
    </div>
  );
}
