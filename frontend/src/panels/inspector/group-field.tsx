/** Which group of parameters a leaf or a module belongs to: one that is there, or a new one. */
import { type ReactNode, useState } from "react";
import { setGroup } from "../../document/commands";
import type { NodeView } from "../../document/types";
import { groupNames, groupOf } from "../../document/update-views";
import { useEditor, useSnapshot } from "../../editor/editor";
import { ChoiceField } from "./choice-fields";
import { takesGroups } from "./group-settings";
import { TextField } from "./text-field";

/** A choice no group can be called: its name would be trimmed. */
const NEW = " new";

/** The field "group", where the optimiser has groups or the node names one. */
export function GroupField({ node }: { readonly node: NodeView }): ReactNode {
  const { document } = useEditor();
  const snapshot = useSnapshot();
  const [naming, setNaming] = useState(false);
  const group = groupOf(node);
  if (group === null && !takesGroups(snapshot.train.optimizer)) return null;
  const names = groupNames(snapshot);
  return (
    <>
      <ChoiceField
        label="group"
        value={naming ? NEW : (group ?? "")}
        title="Its group of parameters, whose arguments stand in the settings of the training"
        choices={[["", "none"], ...names.map((name) => [name, name] as const), [NEW, "a new one…"]]}
        onChoose={(name) => {
          setNaming(name === NEW);
          if (name !== NEW) setGroup(document, [node.uid], name === "" ? null : name);
        }}
      />
      {naming && (
        <TextField
          label="new group"
          value=""
          placeholder="its name"
          onCommit={(text) => {
            const name = text.trim();
            if (name !== "") setGroup(document, [node.uid], name);
            setNaming(false);
            return null;
          }}
        />
      )}
    </>
  );
}
