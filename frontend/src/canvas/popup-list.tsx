/** A small list with a search field that stands on the canvas: choose with arrows and Enter, leave with Escape. */
import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { ChoiceRow, choiceId, useChoosing } from "../panels/choice-list";
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
  /** Escape: the focus is to go back. */
  readonly onCancel: () => void;
  /** The focus is elsewhere already, and stays there. */
  readonly onLeave: () => void;
}

const SHOWN = 200;

/** A search field and the choices that hold its words. */
export function PopupList({ label, choices, empty, onChoose, onCancel, onLeave }: Props): ReactNode {
  const [words, setWords] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const list = useId();
  const found = useMemo(() => matching(choices, words), [choices, words]);
  useEffect(() => field.current?.focus(), []);
  const { active, setActive, onKeyDown } = useChoosing(
    found.length,
    (index) => found[index] && onChoose(found[index].key),
    onCancel,
  );
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
        aria-controls={found.length > 0 ? list : undefined}
        aria-activedescendant={found[active] ? choiceId(list, active) : undefined}
        onChange={(event) => {
          setWords(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        onBlur={({ currentTarget, relatedTarget }) => {
          // The whole window may have lost it, and gives it back.
          const kept = document.activeElement === currentTarget;
          if (!kept && !currentTarget.parentElement?.contains(relatedTarget)) onLeave();
        }}
      />
      <div role="listbox" id={list} aria-label={label} className="popup-choices">
        {found.map((choice, index) => (
          <ChoiceRow
            key={choice.key}
            id={choiceId(list, index)}
            name={choice.name}
            active={index === active}
            className="popup-choice"
            onChoose={() => onChoose(choice.key)}
            onActive={() => setActive(index)}
          >
            <span>{choice.name}</span>
            <span className="popup-note">{choice.note}</span>
          </ChoiceRow>
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
