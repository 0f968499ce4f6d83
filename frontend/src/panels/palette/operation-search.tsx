/** The search for a node to add: a field and its results. Where it stands and what a choice does is its user's. */
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { useCatalog } from "../../catalog/catalog-store";
import type { Operation } from "../../catalog/types";
import { operationFits } from "../../editor/place-operation";
import type { WireEnd } from "../../view/view-store";
import "./operation-search.css";

interface Props {
  /** Only what can take (or give) this wire is found. */
  readonly fits: WireEnd | null;
  readonly onChoose: (operation: string) => void;
  readonly onCancel: () => void;
  readonly autoFocus?: boolean;
  /** Another search has the name now. */
  readonly hidden?: boolean;
  /** What stands beneath while nothing is typed. */
  readonly children?: ReactNode;
}

/** Placed first where nothing is typed and a wire asks for something that fits. */
const USUAL = [
  "torch.add",
  "torch.sub",
  "torch.mul",
  "torch.matmul",
  "torch.pow",
  "torch.mean",
  "torch.sum",
  "torch.nn.functional.relu",
  "torch.tanh",
  "torch.nn.functional.mse_loss",
  "torch.nn.Linear",
];

/** A search box "Add a node" with the operations that fit its words. */
export function OperationSearch(props: Props): ReactNode {
  const { fits, onChoose, onCancel, autoFocus = false, hidden = false } = props;
  const [words, setWords] = useState("");
  const [active, setActive] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const list = useId();
  const found = useFound(words, fits);
  useEffect(() => {
    if (autoFocus) field.current?.focus();
  }, [autoFocus]);

  const choose = (operation: string): void => {
    setWords("");
    setActive(0);
    onChoose(operation);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && found.length > 0) setActive((active + step + found.length) % found.length);
    else if (event.key === "Enter" && found[active]) choose(found[active].name);
    else if (event.key === "Escape") {
      setWords("");
      onCancel();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="operation-search" aria-hidden={hidden || undefined}>
      <div className="operation-search-field">
        <input
          ref={field}
          type="search"
          aria-label="Add a node"
          placeholder="Add a node"
          autoComplete="off"
          spellCheck={false}
          tabIndex={hidden ? -1 : 0}
          value={words}
          aria-controls={list}
          aria-activedescendant={found[active] ? optionId(list, active) : undefined}
          onChange={(event) => {
            setWords(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
        {words === "" && <span className="operation-search-key">/</span>}
      </div>
      {found.length > 0 && (
        <Results id={list} found={found} active={active} onChoose={choose} onActive={setActive} />
      )}
      {words.trim() !== "" && found.length === 0 && <Nothing words={words} narrowed={fits !== null} />}
      {words === "" && props.children}
    </div>
  );
}

function useFound(words: string, fits: WireEnd | null): readonly Operation[] {
  const { index, catalog } = useCatalog();
  return useMemo(() => {
    const passes = (operation: Operation): boolean => operationFits(operation, fits);
    if (words.trim() !== "") return index?.find(words, 40, passes) ?? [];
    if (fits === null) return [];
    return USUAL.map((name) => catalog.operations.get(name)).filter(
      (found) => found !== undefined && passes(found),
    ) as Operation[];
  }, [words, fits, index, catalog]);
}

interface ResultsProps {
  readonly id: string;
  readonly found: readonly Operation[];
  readonly active: number;
  readonly onChoose: (operation: string) => void;
  readonly onActive: (index: number) => void;
}

function Results({ id, found, active, onChoose, onActive }: ResultsProps): ReactNode {
  return (
    <div className="operation-results" role="listbox" id={id} aria-label="Operations">
      {found.map((operation, index) => (
        <Result
          key={operation.name}
          id={optionId(id, index)}
          operation={operation}
          active={index === active}
          onChoose={() => onChoose(operation.name)}
          onActive={() => onActive(index)}
        />
      ))}
    </div>
  );
}

interface ResultProps {
  readonly id: string;
  readonly operation: Operation;
  readonly active: boolean;
  readonly onChoose: () => void;
  readonly onActive: () => void;
}

function Result({ id, operation, active, onChoose, onActive }: ResultProps): ReactNode {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active) row.current?.scrollIntoView({ block: "nearest" });
  }, [active]);
  const parts = operation.name.split(".");
  return (
    <div
      ref={row}
      id={id}
      role="option"
      aria-selected={active}
      aria-label={operation.name}
      tabIndex={-1}
      className="operation-result"
      draggable
      onDragStart={(event) => event.dataTransfer.setData(OPERATION_TYPE, operation.name)}
      onPointerMove={() => active || onActive()}
      onClick={onChoose}
      onKeyDown={(event) => event.key === "Enter" && onChoose()}
    >
      <span className="operation-name">{parts.at(-1)}</span>
      <span className="operation-room">{parts.slice(0, -1).join(".")}</span>
      <span className="operation-summary">{operation.summary}</span>
    </div>
  );
}

/** The type under which a dragged operation's name travels. */
export const OPERATION_TYPE = "application/x-gradcanvas-op";

function Nothing({ words, narrowed }: { readonly words: string; readonly narrowed: boolean }): ReactNode {
  return (
    <p className="operation-nothing" role="note">
      Nothing {narrowed ? "that fits this wire " : ""}is called “{words.trim()}”. Try PyTorch’s own name, or a
      word such as “multiply”.
    </p>
  );
}

function optionId(list: string, index: number): string {
  return `${list}-${index}`;
}
