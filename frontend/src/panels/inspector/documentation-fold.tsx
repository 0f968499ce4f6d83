/** Torch's documentation of an operation, folded until somebody wants to read it: only then it comes to the page. */
import { lazy, type ReactNode, Suspense } from "react";
import { useView } from "../../view/view-store";
import "./documentation-fold.css";

const DocumentationText = lazy(() =>
  import("./documentation/documentation-text").then((part) => ({ default: part.DocumentationText })),
);

interface Props {
  readonly operation: string;
  readonly heading?: string;
}

/** Unfolds into what PyTorch says of the operation. */
export function DocumentationFold({ operation, heading = "Documentation" }: Props): ReactNode {
  const open = useView((view) => view.documentationOpen);
  const show = useView((view) => view.showDocumentation);
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
