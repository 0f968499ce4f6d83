/** What is told of an operation, fetched when it is looked at and kept for as long as the page is open. */
import { useEffect, useState } from "react";
import type { OperationPage } from "../../../catalog/documentation";
import { fetchOperationPage } from "../../../wire/api";

const kept = new Map<string, OperationPage>();

/** The page of an operation; null until it has come, "failed" where it does not come. */
export function useOperationPage(operation: string): OperationPage | "failed" | null {
  const [failed, setFailed] = useState<string | null>(null);
  const [, setCame] = useState(0);
  useEffect(() => {
    if (kept.has(operation)) return undefined;
    let wanted = true;
    fetchOperationPage(operation).then(
      (page) => {
        kept.set(operation, page);
        if (wanted) setCame((count) => count + 1);
      },
      () => wanted && setFailed(operation),
    );
    return () => {
      wanted = false;
    };
  }, [operation]);
  return kept.get(operation) ?? (failed === operation ? "failed" : null);
}
