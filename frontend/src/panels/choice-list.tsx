/** What every search with a list of choices shares: the arrows, Enter and Escape, and a row. Knows not what is chosen. */
import { type DragEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import "./choice-list.css";

/** Which of the choices is active, and what the search field's keys do with them. */
export interface Choosing {
  readonly active: number;
  readonly setActive: (index: number) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** Walks a list of `count` choices by the arrows; Enter chooses the active one, Escape leaves. */
export function useChoosing(
  count: number,
  onChoose: (index: number) => void,
  onCancel: () => void,
): Choosing {
  const [active, setActive] = useState(0);
  const onKeyDown = (event: KeyboardEvent): void => {
    // Keys of the page go on to it, and an Enter that ends a composition chooses nothing.
    if (event.ctrlKey || event.metaKey || event.altKey || event.nativeEvent.isComposing) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && count > 0) setActive((active + step + count) % count);
    else if (event.key === "Enter" && active < count) onChoose(active);
    else if (event.key === "Escape") onCancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return { active, setActive, onKeyDown };
}

/** The DOM id of a choice in the list with this id. */
export function choiceId(list: string, index: number): string {
  return `${list}-${index}`;
}

interface ChoiceRowProps {
  readonly id: string;
  /** Its accessible name. */
  readonly name: string;
  readonly active: boolean;
  readonly className: string;
  readonly onChoose: () => void;
  readonly onActive: () => void;
  /** Where the row can be dragged: puts into the drag what it stands for. */
  readonly onDragStart?: (event: DragEvent) => void;
  readonly children: ReactNode;
}

/** A row that can be chosen; the active one keeps itself in view. The focus stays in the search field. */
export function ChoiceRow(props: ChoiceRowProps): ReactNode {
  const { id, name, active, className, onChoose, onActive, onDragStart, children } = props;
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
      aria-label={name}
      tabIndex={-1}
      className={`choice ${className}`}
      draggable={onDragStart !== undefined}
      onDragStart={onDragStart}
      onMouseDown={(event) => onDragStart === undefined && event.preventDefault()}
      onPointerMove={() => active || onActive()}
      onClick={onChoose}
      onKeyDown={(event) => event.key === "Enter" && onChoose()}
    >
      {children}
    </div>
  );
}
