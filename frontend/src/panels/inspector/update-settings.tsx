/** How an update is tamed, folded until it is: the schedule of the learning rate, the limit of the gradients, groups. */
import type { ReactNode } from "react";
import { readArgument } from "../../arguments/argument-text";
import { useCatalog } from "../../catalog/catalog-store";
import type { Argument } from "../../catalog/types";
import { setClip, setScheduler, setSchedulerArgument } from "../../document/commands";
import type { CallView, TrainView } from "../../document/types";
import { groupNames } from "../../document/update-views";
import { useDocument, useEditor, useSnapshot } from "../../editor/editor";
import { CallChoice, CallFields, shortName } from "./call-fields";
import { ChoiceField } from "./choice-fields";
import { DocumentationFold } from "./documentation-fold";
import { Fold } from "./fold";
import { GROUPS, GroupSettings } from "./group-settings";
import { ProblemNotes } from "./problem-notes";
import { problemsAt, useGraphProblems } from "./problem-places";
import { TextField } from "./text-field";

const SCHEDULER = "/train/scheduler";
const CLIP = "/train/clip";

/** What has a field here, as JSON pointers: problems of it are told here. */
export const UPDATE_PLACES: readonly string[] = [SCHEDULER, CLIP, GROUPS];

/** Schedule, clipping and groups, where there is an optimiser or one of them. */
export function UpdateSettings(): ReactNode {
  const snapshot = useSnapshot();
  const { optimizer, scheduler, other } = snapshot.train;
  const problems = useGraphProblems();
  const hasProblems = UPDATE_PLACES.some((place) => problemsAt(problems, place).length > 0);
  const isUsed = scheduler !== null || other.has("clip") || groupNames(snapshot).length > 0 || hasProblems;
  if (optimizer === null && !isUsed) return null;
  return (
    <Fold heading="Schedule, clipping, groups" isUsed={isUsed}>
      <Schedule />
      <Clip />
      <GroupSettings />
    </Fold>
  );
}

function Schedule(): ReactNode {
  const { document } = useEditor();
  const train = useDocument((snapshot) => snapshot.train);
  const problems = useGraphProblems();
  const { scheduler, optimizer } = train;
  if (scheduler === null && optimizer?.op === "gradcanvas.descent")
    return (
      <p className="faint">
        A schedule changes the learning rate of an optimizer of <code>torch.optim</code>, such as SGD; descent
        has none.
      </p>
    );
  return (
    <>
      <CallChoice
        label="scheduler"
        kind="scheduler"
        call={scheduler}
        title="How the learning rate changes from step to step"
        onChoose={(op, keeps, starts) => setScheduler(document, op, keeps, whole(op, starts, train))}
      />
      {scheduler ? <ScheduleFields scheduler={scheduler} /> : null}
      {scheduler === null && <ProblemNotes problems={problemsAt(problems, SCHEDULER)} />}
    </>
  );
}

function ScheduleFields({ scheduler }: { readonly scheduler: CallView }): ReactNode {
  const { document } = useEditor();
  const problems = useGraphProblems();
  const isKnown = useCatalog((state) => state.catalog.operations.has(scheduler.op));
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset has a border and a legend of its own */}
      <div className="fields" role="group" aria-label="Schedule">
        <CallFields
          call={scheduler}
          at={SCHEDULER}
          problems={problems}
          scope="scheduler"
          onSet={(argument, literal, merge) => setSchedulerArgument(document, argument, literal, merge)}
        />
      </div>
      {isKnown && (
        <DocumentationFold
          key={scheduler.op}
          operation={scheduler.op}
          heading={`What ${shortName(scheduler.op)} does`}
          alone
        />
      )}
    </>
  );
}

/** What a schedule begins with; one that spans the whole run is given its steps. */
function whole(
  op: string | null,
  starts: Readonly<Record<string, string>>,
  { steps }: TrainView,
): Readonly<Record<string, string>> {
  const spans = SPANS[shortName(op ?? "")];
  return spans === undefined || steps === null ? starts : { ...starts, [spans]: steps };
}

/** Arguments that count the steps of the whole run. */
const SPANS: Readonly<Record<string, string>> = { OneCycleLR: "total_steps", CosineAnnealingLR: "T_max" };

const LIMIT: Argument = {
  name: "limit",
  type: "float",
  wired: false,
  typed: true,
  required: true,
  nullable: false,
  default: null,
  choices: [],
  passing: "keyword",
  length: null,
  fixed: null,
};

/** Where nobody has written a limit yet. */
const FIRST_LIMIT = "1.0";

function Clip(): ReactNode {
  const { document } = useEditor();
  const clip = useDocument((snapshot) => snapshot.train.clip);
  const problems = useGraphProblems();
  return (
    <>
      <ChoiceField
        label="clip"
        value={clip?.by ?? ""}
        title="Limits the gradients before each update: the norm of all together, or each value"
        choices={[
          ["", "no"],
          ["norm", "norm"],
          ["value", "value"],
        ]}
        onChoose={(by) => {
          if (by === "norm" || by === "value") setClip(document, by, clip?.limit ?? FIRST_LIMIT);
          else setClip(document, "norm", null);
        }}
      />
      {clip && (
        <TextField
          label="limit"
          value={clip.limit}
          required
          title={clip.by === "norm" ? "The largest norm of all gradients together" : "The largest gradient"}
          onCommit={(text) => {
            const reading = readArgument(LIMIT, text);
            if (reading.literal === undefined) return reading.refusal;
            if (reading.literal === null) return "limit takes a number; choose “no” above to clip nothing.";
            setClip(document, clip.by, reading.literal);
            return null;
          }}
        />
      )}
      <ProblemNotes problems={problemsAt(problems, CLIP)} />
    </>
  );
}
