/** The vocabulary's types, as `server/gradcanvas/catalog/model.py` has them. Knows nothing of how it is fetched. */

export type OperationKind =
  | "source"
  | "function"
  | "method"
  | "module"
  | "optimizer"
  | "scheduler"
  | "init"
  | "control"
  | "editor";

export type ArgumentType =
  | "tensor"
  | "tensors"
  | "int"
  | "float"
  | "bool"
  | "number"
  | "ints"
  | "floats"
  | "bools"
  | "dtype"
  | "string"
  | "choice"
  | "index"
  | "file"
  | "data"
  | "function"
  | "map"
  | "constant"
  | "module"
  | "schedulers";

/** One argument of one overload. */
export interface Argument {
  readonly name: string;
  readonly type: ArgumentType;
  /** An edge may stand here. */
  readonly wired: boolean;
  /** A literal may stand here. */
  readonly typed: boolean;
  readonly required: boolean;
  readonly nullable: boolean;
  /** The default as JSON text. */
  readonly default: string | null;
  readonly choices: readonly string[];
  readonly passing: "keyword" | "positional" | "varargs";
  /** For a list of fixed length, that length; a list of one is accepted there as well. */
  readonly length: number | null;
  /** The only literal that may stand, as JSON text: two overloads may differ by a flag alone. */
  readonly fixed: string | null;
}

/** One output: torch's own name or its number; `many` is a list of unknown length. */
export interface Output {
  readonly name: string;
  readonly many: boolean;
  readonly optional: boolean;
}

/** One way of calling an operation. */
export interface Overload {
  readonly arguments: readonly Argument[];
  readonly outputs: readonly Output[];
}

/** One name of the vocabulary. */
export interface Operation {
  readonly name: string;
  readonly kind: OperationKind;
  readonly category: string;
  readonly summary: string;
  readonly overloads: readonly Overload[];
  readonly aliases: readonly string[];
  readonly random: boolean;
  readonly state: boolean;
}

/** All operations by name. */
export interface Catalog {
  readonly torch: string;
  readonly operations: ReadonlyMap<string, Operation>;
}
