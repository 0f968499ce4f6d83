/** Reads the catalogue's JSON into types. Knows nothing of how it is fetched. */
import type { Argument, Catalog, Operation, Output, Overload } from "./types";

type Wire = Readonly<Record<string, unknown>>;

/**
 * The catalogue in an answer of `GET /api/catalog`. A field that holds its default is left out there; arguments
 * stand once, and an overload has their places.
 */
export function readCatalog(json: unknown): Catalog {
  const wire = json as { torch: string; arguments: Wire[]; operations: Record<string, Wire> };
  const known = wire.arguments.map(readArgument);
  const operations = Object.entries(wire.operations).map(
    ([name, row]) => [name, readOperation(name, row, known)] as const,
  );
  return { torch: wire.torch, operations: new Map(operations) };
}

function readOperation(name: string, row: Wire, known: readonly Argument[]): Operation {
  return {
    name,
    kind: row.kind as Operation["kind"],
    category: (row.category as string | undefined) ?? "",
    summary: (row.summary as string | undefined) ?? "",
    overloads: ((row.overloads as Wire[] | undefined) ?? []).map((each) => readOverload(each, known)),
    aliases: (row.aliases as string[] | undefined) ?? [],
    random: row.random === true,
    state: row.state === true,
  };
}

function readOverload(row: Wire, known: readonly Argument[]): Overload {
  const places = (row.arguments as number[] | undefined) ?? [];
  return {
    arguments: places.map((place) => known[place]).filter((argument) => argument !== undefined),
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
