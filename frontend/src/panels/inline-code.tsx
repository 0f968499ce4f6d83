/** A sentence in which what stands between backticks is code. */
import type { ReactNode } from "react";

/** The sentence, its code in mono. */
export function InlineCode({ text }: { readonly text: string }): ReactNode {
  return text.split("`").map((part, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: every second part is code, wherever it stands
    index % 2 === 1 ? <code key={index}>{part}</code> : part,
  );
}
