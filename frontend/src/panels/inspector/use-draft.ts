/** What a person has typed into a field and not yet given: committed on leaving, taken back by Escape. */
import { useEffect, useRef, useState } from "react";

/** What a draft does with its text. */
export interface DraftActions {
  /** Takes the text, or says why not. */
  readonly onCommit: (text: string) => string | null;
  /** Takes what is typed so far; `first` tells the first key of a draft. */
  readonly onTyping?: ((text: string, first: boolean) => void) | undefined;
  /** Sets back what `onTyping` did. */
  readonly onCancel?: (() => void) | undefined;
}

/** A draft of one field. */
export interface Draft {
  readonly text: string | null;
  readonly refusal: string | null;
  type(text: string): void;
  commit(): void;
  /** False where there was nothing to take back. */
  cancel(): boolean;
}

/** Keeps the draft of a field whose committed text is `value`. */
export function useDraft(value: string, actions: DraftActions): Draft {
  const [text, setText] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  // What the field holds now, also between two renderings: a commit may take the field away.
  const held = useRef<string | null>(null);
  const latest = useRef({ value, actions });
  latest.current = { value, actions };

  const give = (): string | null => {
    const left = held.current;
    held.current = null;
    const { value: stood, actions: now } = latest.current;
    if (left === null || (left === stood && now.onTyping === undefined)) return null;
    return now.onCommit(left);
  };
  // A field that is taken away with a draft in it (another node is selected) commits it.
  const giving = useRef(give);
  giving.current = give;
  useEffect(() => () => void giving.current(), []);

  return {
    text,
    refusal,
    type: (typed) => {
      const first = held.current === null;
      held.current = typed;
      setText(typed);
      actions.onTyping?.(typed, first);
    },
    commit: () => {
      const left = held.current;
      const refused = give();
      setRefusal(refused);
      if (refused === null) setText(null);
      else held.current = left;
    },
    cancel: () => {
      const had = held.current !== null;
      if (had) actions.onCancel?.();
      held.current = null;
      setText(null);
      setRefusal(null);
      return had;
    },
  };
}
