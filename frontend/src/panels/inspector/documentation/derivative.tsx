/** The derivatives of an operation as mathematics, and beneath as PyTorch has them. */
import { memo, type ReactNode, useEffect, useMemo, useState } from "react";
import type { Derivative, Formula } from "../../../catalog/documentation";
import { useEditor, useSnapshot } from "../../../editor/editor";
import { firstOutput, useRun } from "../../../run/run-store";
import {
  broadcastOf,
  chooseDerivative,
  isComplex,
  type NodeInRun,
  namesAround,
  whyNotComputed,
} from "./choose-derivative";
import { argumentOf, equationText, type FormulaNames, formulaCommands, PLAIN_NAMES } from "./formula-text";
import "./documentation.css";
import { Mathematics } from "./mathematics";
import { useOperationPage } from "./use-operation-page";

interface Props {
  readonly node: NodeInRun["node"];
  readonly operation: NodeInRun["operation"];
}

/** How the gradient comes back through one node; it follows an edit when the numbers have been shown. */
export function NodeDerivative({ node, operation }: Props): ReactNode {
  return node.bypass ? <Bypassed /> : <NodeThatRuns node={node} operation={operation} />;
}

function Bypassed(): ReactNode {
  return (
    <section aria-label="Derivative" className="derivative">
      <h3 className="inspector-heading">Derivative</h3>
      <p className="derivative-said">Bypassed: the gradient passes unchanged.</p>
    </section>
  );
}

function NodeThatRuns({ node, operation }: Props): ReactNode {
  const snapshot = useSnapshot();
  const layout = useRun((run) => run.layout);
  const around = useMemo(
    (): NodeInRun => ({ node, operation, snapshot, layout }),
    [node, operation, snapshot, layout],
  );
  return <DerivativeOf around={useAfterNumbers(around)} />;
}

/** An edit is followed so long after its numbers have been drawn, if no other has come meanwhile. */
const AFTER_NUMBERS_MS = 120;
/** Without numbers it is followed after so long. */
const WITHOUT_NUMBERS_MS = 400;

/** Of the same node an edit is followed when there is time: setting formulas takes longer than its numbers do. */
function useAfterNumbers(around: NodeInRun): NodeInRun {
  const { run } = useEditor();
  const [followed, follow] = useState(around);
  const isSame = followed.node.uid === around.node.uid && followed.operation === around.operation;
  useEffect(() => {
    if (followed === around) return undefined;
    const followLater = (ms: number): ReturnType<typeof setTimeout> => setTimeout(() => follow(around), ms);
    let timer = followLater(isSame ? WITHOUT_NUMBERS_MS : 0);
    const stop = run.onFrame(() => {
      stop();
      clearTimeout(timer);
      timer = followLater(AFTER_NUMBERS_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [run, around, followed, isSame]);
  return isSame ? followed : around;
}

const DerivativeOf = memo(function DerivativeOf({ around }: { readonly around: NodeInRun }): ReactNode {
  const { node, operation, layout } = around;
  const page = useOperationPage(operation.name);
  if (page === null || page === "failed") return null;
  const chosen = chooseDerivative(page.derivatives, around);
  const ran = firstOutput(layout, node.id)?.grad_fn ?? null;
  const parts = page.composed.filter((part) => part.of.split(".")[0] !== chosen?.of.split(".")[0]);
  if (!chosen && parts.length === 0) return null;
  return (
    <section aria-label="Derivative" className="derivative">
      <h3 className="inspector-heading">
        Derivative of {operation.name.split(".").at(-1)} at {node.id}
      </h3>
      {chosen && <Rows derivative={chosen} around={around} />}
      {chosen && ran && ran !== chosen.function && (
        <p className="derivative-said">
          Here PyTorch ran it as <code>{ran}</code>.
        </p>
      )}
      {parts.length > 0 && <Parts parts={parts} alone={chosen === null} />}
    </section>
  );
});

function Rows({
  derivative,
  around,
}: {
  readonly derivative: Derivative;
  readonly around: NodeInRun;
}): ReactNode {
  const names = useMemo(() => namesAround(around), [around]);
  const complex = isComplex(around);
  const shown = useMemo(() => derivative.formulas.filter(hasFormula), [derivative]);
  const silent = derivative.formulas.filter((formula) => !hasFormula(formula));
  return (
    <div className="box">
      {shown.map((formula) => (
        <FormulaRows
          key={formula.arguments.join()}
          formula={formula}
          names={names}
          complex={complex}
          around={around}
        />
      ))}
      {silent.length > 0 && (
        <p className="derivative-said">
          No gradient flows to {silent.flatMap((formula) => formula.arguments).join(", ")}.
        </p>
      )}
      {complex && <p className="derivative-said">A bar, and H, are the complex conjugate.</p>}
      <AsPyTorchHasIt derivative={derivative} />
    </div>
  );
}

interface FormulaProps {
  readonly formula: Formula;
  readonly names: FormulaNames;
  readonly complex: boolean;
  readonly around: NodeInRun | null;
}

function FormulaRows({ formula, names, complex, around }: FormulaProps): ReactNode {
  if (formula.equations.length === 0) return <Verbatim formula={formula} />;
  return formula.equations.map((equation) => {
    const argument = argumentOf(equation.left);
    const broadcast = around && equation.elementwise ? broadcastOf(around, argument) : null;
    const why = around && whyNotComputed(around, argument);
    return (
      <div key={equation.left} className="derivative-row" data-computed={why === null}>
        <Mathematics
          text={equationText(equation, names, broadcast !== null)}
          display
          commands={complex ? COMPLEX : REAL}
        />
        {broadcast && (
          <p className="derivative-said">
            The sum goes over where ({broadcast.from.join(", ")}) is broadcast to ({broadcast.to.join(", ")}).
          </p>
        )}
        {why && <p className="derivative-said">Not computed: {why}.</p>}
        {equation.holds && <p className="derivative-said">{sentence(equation.holds)}</p>}
      </div>
    );
  });
}

const REAL = formulaCommands(false);
const COMPLEX = formulaCommands(true);

function hasFormula(formula: Formula): boolean {
  return formula.formula !== null;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function AsPyTorchHasIt({ derivative }: { readonly derivative: Derivative }): ReactNode {
  return (
    <details className="derivative-source">
      <summary>as PyTorch has it</summary>
      {derivative.formulas.filter(hasFormula).map((formula) => (
        <Verbatim key={formula.arguments.join()} formula={formula} />
      ))}
    </details>
  );
}

function Verbatim({ formula }: { readonly formula: Formula }): ReactNode {
  return (
    <p className="derivative-code">
      <code>
        {formula.arguments.join(", ")}: {formula.formula}
      </code>
    </p>
  );
}

/** What PyTorch makes the operation of, with the formulas of each part on demand. */
function Parts({
  parts,
  alone,
}: {
  readonly parts: readonly Derivative[];
  readonly alone: boolean;
}): ReactNode {
  return (
    <div className="derivative-parts">
      <p className="derivative-said">
        {alone
          ? "PyTorch composes it of these, and differentiates each from its input x to its output y:"
          : "Depending on its arguments it runs:"}
      </p>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an operation may run one operator twice
        <Part key={index} part={part} open={alone && parts.length <= 2} />
      ))}
    </div>
  );
}

function Part({ part, open }: { readonly part: Derivative; readonly open: boolean }): ReactNode {
  const [unfolded, setUnfolded] = useState(open);
  const shown = part.formulas.filter(hasFormula);
  if (shown.length === 0) return <code className="derivative-part">{part.of}</code>;
  return (
    <details open={unfolded} onToggle={(event) => setUnfolded(event.currentTarget.open)}>
      <summary>
        <code>{part.of}</code>
      </summary>
      {unfolded && (
        <div className="box">
          {shown.map((formula) => (
            <FormulaRows
              key={formula.arguments.join()}
              formula={formula}
              names={PLAIN_NAMES}
              complex={false}
              around={null}
            />
          ))}
          <AsPyTorchHasIt derivative={part} />
        </div>
      )}
    </details>
  );
}
