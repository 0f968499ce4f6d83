/** Torch's documentation of an operation, folded until somebody wants to read it: only then it comes to the page. */
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useView } from "../../view/view-store";
import "./documentation-fold.css";

const DocumentationText = lazy(() =>
  import("./documentation/documentation-text").then((part) => ({ default: part.DocumentationText })),
);

interface Props {
  readonly operation: string;
  readonly heading?: string;
  /** Folds by itself, whatever other documentation does. */
  readonly alone?: boolean;
}

/** Unfolds into what PyTorch says of the operation. */
export function DocumentationFold({ operation, heading = "Documentation", alone = false }: Props): ReactNode {
  const shared = useView((view) => view.documentationOpen);
  const showShared = useView((view) => view.showDocumentation);
  const [own, showOwn] = useState(false);
  const [open, show] = alone ? [own, showOwn] : [shared, showShared];
  return (
    <details className="documentation" open={open} onToggle={(event) => show(event.currentTarget.open)}>
      <summary>
        <h3 className="inspector-heading">{heading}</h3>
      </summary>
      {open && (
        <Suspense>
          <DocumentationText key={operation} operation={operation} />
        </Suspense>
      )}
    </details>
  );
}
