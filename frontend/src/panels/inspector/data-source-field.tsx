/** The field of what a node of data holds: a built-in set, or a file that is chosen and kept in the graph. */
import type { ReactNode } from "react";
import { describeDataUrl } from "../../arguments/data-url";
import { useCatalog } from "../../catalog/catalog-store";
import { chooseOverload } from "../../catalog/sockets";
import { setArgument } from "../../document/commands";
import { plainValue } from "../../document/literal";
import type { NodeView } from "../../document/types";
import { chooseData } from "../../editor/data-files";
import { useEditor } from "../../editor/editor";
import { ChoiceField } from "./choice-fields";

/** The operation's name. */
export const DATA = "gradcanvas.data";

const FILE = "file";

/** As many characters as the field shows. */
const ROOM = 25;

/** "a long name.csv, 1.2 kB" with as much of the name as fits; the size is whole. */
export function shortened(held: string): string {
  const comma = held.lastIndexOf(", ");
  const room = ROOM - (held.length - comma);
  return comma <= room ? held : `${held.slice(0, room - 1)}…${held.slice(comma)}`;
}

/** Chooses a set or a file; what the new one does not take goes with the old one, as one edit. */
export function DataSourceField({ node }: { readonly node: NodeView }): ReactNode {
  const editor = useEditor();
  const { document } = editor;
  const operation = useCatalog(({ catalog }) => catalog.operations.get(DATA));
  const literal = node.args.get("source");
  const isFile = literal?.startsWith('"data:') === true;
  const held = isFile ? describeDataUrl((literal ?? "").slice(1, -1)) : "";
  const value = isFile ? FILE : String(plainValue(literal) ?? "");
  const sets =
    operation?.overloads.flatMap((overload) =>
      overload.arguments.flatMap(({ name, choices }) => (name === "source" ? choices : [])),
    ) ?? [];
  const others = isFile || sets.includes(value) ? [] : [value];

  const take = (source: string): void => {
    document.asOneStep(() => {
      const args = new Map(node.args).set("source", source);
      const taken = operation
        ? chooseOverload(operation, { ...node, args: new Map([["source", source]]) })
        : null;
      const names = new Set(taken?.arguments.map(({ name }) => name));
      for (const name of args.keys()) if (!names.has(name)) setArgument(document, node.uid, name, null);
      setArgument(document, node.uid, "source", source);
    });
  };
  const choose = (): void => chooseData(editor, (url) => take(JSON.stringify(url)));

  return (
    <>
      <ChoiceField
        label="source"
        value={value}
        required
        wide={isFile}
        title={held || "source: a built-in set, or a CSV, NPY or safetensors file"}
        choices={[
          ...[...others, ...sets].map((name) => [name, name] as const),
          [FILE, isFile ? shortened(held) : "a file…"] as const,
        ]}
        onChoose={(name) => (name === FILE ? choose() : take(JSON.stringify(name)))}
      />
      {isFile && (
        <button type="button" className="small-button" onClick={choose}>
          Choose another file
        </button>
      )}
    </>
  );
}
