/** Reads the catalogue's JSON into types. Knows nothing of how it is fetched. */
import type { Argument, Catalog, Operation, Output, Overload } from "./types";

type Wire = Readonly<Record<string, unknown>>;

/** The catalogue in an answer of `GET /api/catalog`; fields that hold their default may be left out there. */
export function readCatalog(json: unknown): Catalog {
  const { torch, operations } = json as { torch: string; operations: unknown };
  const rows = Array.isArray(operations)
    ? (operations as Wire[])
    : Object.entries(operations as Wire).map(named);
  return { torch, operations: new Map(rows.map((row) => [row.name as string, readOperation(row)])) };
}

function named([name, row]: [string, unknown]): Wire {
  return { name, ...(row as Wire) };
}

function readOperation(row: Wire): Operation {
  return {
    name: row.name as string,
    kind: row.kind as Operation["kind"],
    category: (row.category as string | undefined) ?? "",
    summary: (row.summary as string | undefined) ?? "",
    overloads: ((row.overloads as Wire[] | undefined) ?? []).map(readOverload),
    aliases: (row.aliases as string[] | undefined) ?? [],
    random: row.random === true,
    state: row.state === true,
  };
}

function readOverload(row: Wire): Overload {
  return {
    arguments: ((row.arguments as Wire[] | undefined) ?? []).map(readArgument),
    outputs: ((row.outputs as Wire[] | undefined) ?? []).map(readOutput),
  };
}

function readArgument(row: Wire): Argument {
  return {
    name: row.name as string,
    type: row.type as Argument["type"],
    wired: row.wired === true,
    typed: row.typed !== false,
    required: row.required === true,
    nullable: row.nullable === true,
    default: (row.default as string | null | undefined) ?? null,
    choices: (row.choices as string[] | undefined) ?? [],
    passing: (row.passing as Argument["passing"] | undefined) ?? "keyword",
    length: (row.length as number | null | undefined) ?? null,
    fixed: (row.fixed as string | null | undefined) ?? null,
  };
}

function readOutput(row: Wire): Output {
  return { name: String(row.name), many: row.many === true, optional: row.optional === true };
}
