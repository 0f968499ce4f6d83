/** The groups of parameters that the optimiser treats in their own way: arguments in which each differs. */
import { type ReactNode, useId } from "react";
import { useCatalog } from "../../catalog/catalog-store";
import { startOf } from "../../catalog/starters";
import type { Argument } from "../../catalog/types";
import { addGroup, removeGroup, renameGroup, setGroupArgument } from "../../document/commands";
import type { CallView } from "../../document/types";
import { groupNames, groupOf, groupsOf } from "../../document/update-views";
import { useEditor, useSnapshot } from "../../editor/editor";
import { IconButton } from "../icons";
import { ArgumentField } from "./argument-field";
import { argumentsOfCall, shortName } from "./call-fields";
import { ChoiceField } from "./choice-fields";
import { NameInput } from "./name-input";
import { ProblemNotes } from "./problem-notes";
import { pointerPart, problemsAt, problemsBeside, useGraphProblems } from "./problem-places";
import { TextField } from "./text-field";
import { useDraft } from "./use-draft";

/** Where groups stand in the file. */
export const GROUPS = "/train/optimizer/groups";

/** Optimisers that change all leaves as one vector. */
const WITHOUT_GROUPS: ReadonlySet<string> = new Set(["torch.optim.LBFGS"]);

/** Whether an optimiser can treat some leaves in their own way. */
export function takesGroups(optimizer: CallView | null): boolean {
  return optimizer !== null && !WITHOUT_GROUPS.has(optimizer.op);
}

/** Each group with its arguments, and a name for another. */
export function GroupSettings(): ReactNode {
  const snapshot = useSnapshot();
  const { optimizer } = snapshot.train;
  const problems = problemsAt(useGraphProblems(), GROUPS);
  const names = groupNames(snapshot);
  const ofGroups = names.map((name) => `${GROUPS}/${pointerPart(name)}`);
  const whole = problemsBeside(problems, ofGroups);
  const isRefused = optimizer !== null && !takesGroups(optimizer);
  return (
    <section className="fields" aria-label="Parameter groups">
      <h3 className="inspector-heading">Parameter groups</h3>
      <ProblemNotes problems={whole} />
      {names.map((name) => (
        <Group key={name} name={name} />
      ))}
      {isRefused && whole.length === 0 && <NoGroups optimizer={optimizer} />}
      {takesGroups(optimizer) && <NewGroup names={names} />}
    </section>
  );
}

function NoGroups({ optimizer }: { readonly optimizer: CallView }): ReactNode {
  return (
    <p className="faint">{shortName(optimizer.op)} changes all leaves as one vector: it has no groups.</p>
  );
}

function NewGroup({ names }: { readonly names: readonly string[] }): ReactNode {
  const { document } = useEditor();
  return (
    <TextField
      label="add a group"
      value=""
      placeholder="its name"
      title="Leaves with arguments of their own, such as another learning rate; a leaf joins it in its own fields"
      onCommit={(text) => {
        const name = text.trim();
        if (names.includes(name)) return "Another group has this name.";
        if (name !== "") addGroup(document, name);
        return null;
      }}
    />
  );
}

function Group({ name }: { readonly name: string }): ReactNode {
  const { document } = useEditor();
  const snapshot = useSnapshot();
  const { optimizer } = snapshot.train;
  const catalog = useCatalog((state) => state.catalog);
  const at = `${GROUPS}/${pointerPart(name)}`;
  const problems = problemsAt(useGraphProblems(), at);
  const own = groupsOf(snapshot.train).get(name) ?? new Map<string, string>();
  const members = snapshot.nodes.filter((node) => groupOf(node) === name).map((node) => node.id);
  const operation = catalog.operations.get(optimizer?.op ?? "");
  const call = optimizer && { op: optimizer.op, args: new Map([...optimizer.args, ...own]) };
  const all = operation && call ? argumentsOfCall(operation, call).filter(({ fixed }) => fixed === null) : [];
  const pointers = [...own.keys()].map((argument) => `${at}/${pointerPart(argument)}`);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a border and a legend of its own
    <div className="box fields" role="group" aria-label={`Group ${name}`}>
      <Name name={name} />
      <p className="faint">
        {members.length > 0 ? `For ${members.join(", ")}` : "Nothing yet: a leaf joins it in its own fields."}
      </p>
      <ProblemNotes problems={problemsBeside(problems, pointers)} />
      {[...own].map(([argument, literal]) => (
        <div key={argument} className="fields">
          <div className="removable">
            <ArgumentField
              argument={{
                ...(all.find((one) => one.name === argument) ?? unknown(argument)),
                required: true,
              }}
              literal={literal}
              scope={`group ${name}`}
              onSet={(now, merge) => setGroupArgument(document, name, argument, now, merge ?? null)}
            />
            <IconButton
              icon="close"
              name={`Remove ${argument} of ${name}`}
              onClick={() => setGroupArgument(document, name, argument, null)}
            />
          </div>
          <ProblemNotes problems={problemsAt(problems, `${at}/${pointerPart(argument)}`)} />
        </div>
      ))}
      <ChoiceField
        label="differs in"
        value=""
        title="An argument that is not the optimizer’s own here"
        choices={[
          ["", "add…"],
          ...all.filter((one) => !own.has(one.name)).map((one) => [one.name, one.name] as const),
        ]}
        onChoose={(chosen) => {
          const argument = all.find((one) => one.name === chosen);
          if (argument) setGroupArgument(document, name, chosen, firstOf(argument, optimizer));
        }}
      />
    </div>
  );
}

/** The optimiser's own value, to be changed from there. */
function firstOf(argument: Argument, optimizer: CallView | null): string {
  const common = optimizer?.args.get(argument.name) ?? argument.default;
  return common !== null && common !== "null" ? common : (startOf(argument) ?? "null");
}

/** An argument that the optimiser does not take: shown as it is written, to be taken away. */
function unknown(name: string): Argument {
  return {
    name,
    type: "map",
    wired: false,
    typed: true,
    required: false,
    nullable: true,
    default: null,
    choices: [],
    passing: "keyword",
    length: null,
    fixed: null,
  };
}

/** The name of a group, which can be changed, and the button that takes the group away. */
function Name({ name }: { readonly name: string }): ReactNode {
  const { document } = useEditor();
  const id = useId();
  const draft = useDraft(name, {
    onCommit: (text) => (renameGroup(document, name, text.trim()) ? null : "Another group has this name."),
  });
  return (
    <div className="removable">
      <div>
        <NameInput name={name} draft={draft} refusalId={id} />
        {draft.refusal && (
          <p className="field-note" id={id} role="alert">
            {draft.refusal}
          </p>
        )}
      </div>
      <IconButton icon="close" name={`Remove ${name}`} onClick={() => removeGroup(document, name)} />
    </div>
  );
}
