/** Torch's documentation, drawn: sections, entries, code, mathematics, notes. Links lead nowhere. */
import { Fragment, type ReactNode } from "react";
import type { Block, Inline } from "../../../catalog/documentation";
import { Mathematics } from "./mathematics";

/** Blocks of a docstring, one below the other. */
export function Prose({ blocks }: { readonly blocks: readonly Block[] }): ReactNode {
  return blocks.map((block, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a docstring does not change
    <BlockView key={index} block={block} />
  ));
}

function BlockView({ block }: { readonly block: Block }): ReactNode {
  switch (block.kind) {
    case "paragraph":
      if (isFormula(block.text)) return <Mathematics text={block.text[0].text} display />;
      return (
        <p>
          <Text pieces={block.text} />
        </p>
      );
    case "section":
      return (
        <section className="prose-section">
          <h4>{block.title}</h4>
          <Prose blocks={block.blocks} />
        </section>
      );
    case "entry":
      return <Entry {...block} />;
    case "list":
      return <List ordered={block.ordered} items={block.items} />;
    case "definition":
      return (
        <div className="prose-definition">
          <p>
            <Text pieces={block.term} />
          </p>
          <div className="prose-indented">
            <Prose blocks={block.blocks} />
          </div>
        </div>
      );
    case "note":
      return (
        <aside className="prose-note" data-tone={block.tone} aria-label={block.title}>
          <b>{block.title}</b>
          <Prose blocks={block.blocks} />
        </aside>
      );
    case "quote":
      return (
        <div className="prose-indented">
          <Prose blocks={block.blocks} />
        </div>
      );
    case "table":
      return <Table head={block.head} rows={block.rows} />;
    case "math":
      return <Mathematics text={block.text} display />;
    case "code":
      return <Code text={block.text} />;
  }
}

/** A formula that is a paragraph by itself stands in a line of its own. */
function isFormula(
  text: readonly Inline[],
): text is readonly [Extract<Inline, { kind: "code" | "math" }>, ...unknown[]] & readonly Inline[] {
  const [first, rest, ...more] = text;
  return (
    typeof first === "object" &&
    first.kind === "math" &&
    more.length === 0 &&
    (rest === undefined || (typeof rest === "string" && /^[\s.,]*$/.test(rest)))
  );
}

function Entry({ name, type, blocks }: Extract<Block, { kind: "entry" }>): ReactNode {
  return (
    <div className="prose-entry">
      <p className="prose-entry-head">
        <code>{name}</code>
        {type && <span>{type}</span>}
      </p>
      <Prose blocks={blocks} />
    </div>
  );
}

function List({ ordered, items }: Omit<Extract<Block, { kind: "list" }>, "kind">): ReactNode {
  const Kind = ordered ? "ol" : "ul";
  return (
    <Kind className="prose-list">
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a docstring does not change
        <li key={index}>
          <Prose blocks={item} />
        </li>
      ))}
    </Kind>
  );
}

function Table({ head, rows }: Omit<Extract<Block, { kind: "table" }>, "kind">): ReactNode {
  return (
    <div className="prose-wide">
      <table className="prose-table">
        <tbody>
          {rows.map((row, index) => {
            const Cell = index < head ? "th" : "td";
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a docstring does not change
              <tr key={index}>
                {row.map((cell, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a docstring does not change
                  <Cell key={column}>
                    <Prose blocks={cell} />
                  </Cell>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** A line of more characters is wider than the inspector. */
const WIDE = 32;

/** Code; what a session answers is dimmer than what is asked. */
function Code({ text }: { readonly text: string }): ReactNode {
  const isSession = /^>>> /m.test(text);
  return (
    <pre
      className="prose-code"
      tabIndex={text.split("\n").some((line) => line.length > WIDE) ? 0 : undefined}
    >
      {text.split("\n").map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a docstring does not change
        <Fragment key={index}>
          {index > 0 && "\n"}
          {isSession && !/^(>>>|\.\.\.)/.test(line) ? <span>{line}</span> : line}
        </Fragment>
      ))}
    </pre>
  );
}

/** Code up to so many characters stays in one line. */
const SHORT = 22;

/** Running text. */
export function Text({ pieces }: { readonly pieces: readonly Inline[] }): ReactNode {
  return pieces.map((piece, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a docstring does not change
    <Piece key={index} piece={piece} />
  ));
}

function Piece({ piece }: { readonly piece: Inline }): ReactNode {
  if (typeof piece === "string") return piece;
  switch (piece.kind) {
    case "code":
      return <code className={piece.text.length <= SHORT ? "prose-short" : undefined}>{piece.text}</code>;
    case "math":
      return <Mathematics text={piece.text} />;
    case "emphasis":
      return (
        <em>
          <Text pieces={piece.text} />
        </em>
      );
    case "strong":
      return (
        <strong>
          <Text pieces={piece.text} />
        </strong>
      );
    case "link":
      return (
        <span className="prose-link" title={piece.to}>
          <Text pieces={piece.text} />
        </span>
      );
  }
}
