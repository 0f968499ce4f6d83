/** A small list with a search field that stands on the canvas: choose with arrows and Enter, leave with Escape. */
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import "./popup-list.css";

/** One line that can be chosen. */
export interface Choice {
  readonly key: string;
  readonly name: string;
  readonly note: string;
}

interface Props {
  readonly label: string;
  readonly choices: readonly Choice[];
  /** What stands there where nothing can be chosen. */
  readonly empty: string;
  readonly onChoose: (key: string) => void;
  readonly onCancel: () => void;
}

const SHOWN = 200;

/** A search field and the choices that hold its words. */
export function PopupList({ label, choices, empty, onChoose, onCancel }: Props): ReactNode {
  const [words, setWords] = useState("");
  const [active, setActive] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const list = useId();
  const found = useMemo(() => matching(choices, words), [choices, words]);
  useEffect(() => field.current?.focus(), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const choice = found[active];
    if (by !== 0 && found.length > 0) setActive((active + by + found.length) % found.length);
    else if (event.key === "Enter" && choice) onChoose(choice.key);
    else if (event.key === "Escape") onCancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="popup-list">
      <input
        ref={field}
        type="search"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        value={words}
        aria-controls={list}
        aria-activedescendant={found[active] ? `${list}-${active}` : undefined}
        onChange={(event) => {
          setWords(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        onBlur={(event) => {
          if (!event.currentTarget.parentElement?.contains(event.relatedTarget)) onCancel();
        }}
      />
      <div role="listbox" id={list} aria-label={label} className="popup-choices">
        {found.map((choice, index) => (
          <Line
            key={choice.key}
            id={`${list}-${index}`}
            choice={choice}
            active={index === active}
            onChoose={() => onChoose(choice.key)}
            onActive={() => setActive(index)}
          />
        ))}
      </div>
      {found.length === 0 && <p className="popup-empty">{empty}</p>}
    </div>
  );
}

function matching(choices: readonly Choice[], words: string): readonly Choice[] {
  const parts = words.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const holds = ({ name, note }: Choice): boolean => {
    const text = `${name} ${note}`.toLowerCase();
    return parts.every((part) => text.includes(part));
  };
  return choices.filter(holds).slice(0, SHOWN);
}

interface LineProps {
  readonly id: string;
  readonly choice: Choice;
  readonly active: boolean;
  readonly onChoose: () => void;
  readonly onActive: () => void;
}

function Line({ id, choice, active, onChoose, onActive }: LineProps): ReactNode {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active) row.current?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <div
      ref={row}
      id={id}
      role="option"
      aria-selected={active}
      aria-label={choice.name}
      tabIndex={-1}
      className="popup-choice"
      onPointerDown={(event) => event.preventDefault()}
      onPointerMove={() => active || onActive()}
      onClick={onChoose}
      onKeyDown={(event) => event.key === "Enter" && onChoose()}
    >
      <span>{choice.name}</span>
      <span className="popup-note">{choice.note}</span>
    </div>
  );
}
