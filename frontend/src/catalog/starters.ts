/** What a node begins with when it is placed: the required arguments that nothing else can give. */
import type { Argument, Operation } from "./types";

/** Literals for a new node of this operation, by argument; `words` by which it was found may name a choice. */
export function startersOf(operation: Operation, words = ""): Record<string, string> {
  const starters: Record<string, string> = {};
  for (const argument of operation.overloads[0]?.arguments ?? []) {
    if (!argument.required || argument.wired) continue;
    const literal = BY_NAME[argument.name] ?? named(operation, argument, words) ?? startOf(argument);
    if (literal !== null) starters[argument.name] = literal;
  }
  return starters;
}

const BY_NAME: Readonly<Record<string, string>> = {
  data: "0.0",
  end: "10",
  steps: "10",
  start: "0.0",
  fill_value: "0.0",
  lr: "0.01",
  gamma: "0.9",
  lr_lambda: "[1.0, 0.5]",
  sparsity: "0.5",
  step_size: "10",
  base_lr: "[0.01]",
  max_lr: "[0.1]",
};

/** The choice that was looked for, among those of all overloads: "digits" is one of the sets of data. */
function named(operation: Operation, { name, type }: Argument, words: string): string | null {
  const wanted = words.trim().toLowerCase();
  const offers = operation.overloads.some(({ arguments: all }) =>
    all.some((argument) => argument.name === name && argument.choices.includes(wanted)),
  );
  return type === "choice" && offers ? JSON.stringify(wanted) : null;
}

/** What an argument of this type may begin with, null where only a person can know. */
export function startOf(argument: Argument): string | null {
  if (argument.type === "ints")
    return `[${Array.from({ length: argument.length ?? 1 }, () => "1").join(", ")}]`;
  if (argument.type === "choice") return JSON.stringify(argument.choices[0] ?? "");
  return STARTS[argument.type] ?? null;
}

const STARTS: Readonly<Partial<Record<Argument["type"], string>>> = {
  int: "1",
  float: "1.0",
  number: "1.0",
  bool: "false",
  floats: "[1.0]",
  bools: "[true]",
  dtype: '"float32"',
  data: "0.0",
  index: '"0"',
  schedulers:
    '[{"op": "torch.optim.lr_scheduler.ConstantLR"}, {"op": "torch.optim.lr_scheduler.ExponentialLR", "args": {"gamma": 0.9}}]',
};
