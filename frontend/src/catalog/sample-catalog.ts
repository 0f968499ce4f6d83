/** Catalogues for tests, written as they read best: each argument where it belongs. */
import { readCatalog } from "./read-catalog";
import type { Catalog, Operation } from "./types";

interface SampleOperation extends Partial<Omit<Operation, "overloads">> {
  readonly overloads: readonly {
    readonly arguments: readonly object[];
    readonly outputs: readonly object[];
  }[];
}

/** The catalogue of these operations, read from what a server would send of them. */
export function sampleCatalog(operations: Readonly<Record<string, SampleOperation>>): Catalog {
  const known: object[] = [];
  const rows = Object.entries(operations).map(([name, row]) => {
    const overloads = row.overloads.map((overload) => ({
      ...overload,
      arguments: overload.arguments.map((argument) => known.push(argument) - 1),
    }));
    return [name, { ...row, overloads }];
  });
  return readCatalog({ torch: "2.13.0", arguments: known, operations: Object.fromEntries(rows) });
}
