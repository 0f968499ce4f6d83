/** Which problems belong to which field: by their JSON pointers. Knows nothing of React's tree. */
import { useRun } from "../../run/run-store";
import type { Problem } from "../../wire/messages";

/** The problems of the graph as a whole, and what the newest run failed at, each once. */
export function useGraphProblems(): readonly Problem[] {
  const found = useRun((run) => run.layout?.problems.get("") ?? NONE);
  const failure = useRun((run) => run.status?.problem ?? null);
  if (!failure?.where.startsWith("/train/")) return found;
  const known = found.some(
    (problem) => problem.where === failure.where && problem.message === failure.message,
  );
  return known ? found : [...found, failure];
}

const NONE: readonly Problem[] = [];

/** Those at a pointer or below it. */
export function problemsAt(problems: readonly Problem[], pointer: string): Problem[] {
  return problems.filter(({ where }) => where === pointer || where.startsWith(`${pointer}/`));
}

/** Those that stand at none of the pointers, nor below one. */
export function problemsBeside(problems: readonly Problem[], pointers: readonly string[]): Problem[] {
  return problems.filter(
    ({ where }) => !pointers.some((pointer) => where === pointer || where.startsWith(`${pointer}/`)),
  );
}

/** A name as one part of a JSON pointer. */
export function pointerPart(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
