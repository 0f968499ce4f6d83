/** What PyTorch says of an operation, and of those to which it refers its reader. */
import type { ReactNode } from "react";
import "./documentation.css";
import { Prose } from "./prose";
import { useOperationPage } from "./use-operation-page";

/** The whole text; what it refers to is unfolded where it says nothing else. */
export function DocumentationText({ operation }: { readonly operation: string }): ReactNode {
  const page = useOperationPage(operation);
  if (page === null) return <p className="faint">Asking for it…</p>;
  if (page === "failed")
    return <p className="faint">It did not come. Close and open this to try once more.</p>;
  if (page.blocks.length === 0) return <p className="faint">Nothing more is said of it.</p>;
  return (
    <div className="prose">
      <Prose blocks={page.blocks} />
      {page.see.map((name) => (
        <details key={name} className="prose-further" open={page.only_refers}>
          <summary>
            <code>{name}</code>
          </summary>
          <Further operation={name} />
        </details>
      ))}
    </div>
  );
}

function Further({ operation }: { readonly operation: string }): ReactNode {
  const page = useOperationPage(operation);
  if (page === null || page === "failed") return null;
  return <Prose blocks={page.blocks} />;
}
