/** The search for a node to add: a field and its results. Where it stands and what a choice does is its user's. */
import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { useCatalog } from "../../catalog/catalog-store";
import type { Operation } from "../../catalog/types";
import { operationFits } from "../../editor/place-operation";
import type { WireEnd } from "../../view/view-store";
import { ChoiceRow, choiceId, useChoosing } from "../choice-list";
import "./operation-search.css";

interface Props {
  /** Only what can take (or give) this wire is found. */
  readonly fits: WireEnd | null;
  /** Takes the operation, and the words by which it was found. */
  readonly onChoose: (operation: string, words: string) => void;
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
  const field = useRef<HTMLInputElement>(null);
  const list = useId();
  const found = useFound(words, fits);
  useEffect(() => {
    if (autoFocus) field.current?.focus();
  }, [autoFocus]);

  const choose = (operation: string): void => {
    setWords("");
    setActive(0);
    onChoose(operation, words);
  };
  const { active, setActive, onKeyDown } = useChoosing(
    found.length,
    (index) => found[index] && choose(found[index].name),
    () => {
      setWords("");
      onCancel();
    },
  );
  return (
    <div className="operation-search">
      <div className="operation-search-field" aria-hidden={hidden || undefined}>
        <input
          ref={field}
          type="search"
          aria-label="Add a node"
          placeholder="Add a node"
          autoComplete="off"
          spellCheck={false}
          tabIndex={hidden ? -1 : 0}
          value={words}
          aria-controls={found.length > 0 ? list : undefined}
          aria-activedescendant={found[active] ? choiceId(list, active) : undefined}
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
          id={choiceId(id, index)}
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
  const parts = operation.name.split(".");
  return (
    <ChoiceRow
      id={id}
      name={operation.name}
      active={active}
      className="operation-result"
      onChoose={onChoose}
      onActive={onActive}
      onDragStart={(event) => event.dataTransfer.setData(OPERATION_TYPE, operation.name)}
    >
      <span className="operation-name">{parts.at(-1)}</span>
      <span className="operation-room">{parts.slice(0, -1).join(".")}</span>
      <span className="operation-summary">{operation.summary}</span>
    </ChoiceRow>
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
