/** The catalogue of this page, once it has come. */
import { create } from "zustand";
import { SearchIndex } from "./search";
import type { Catalog } from "./types";

/** `loading` until it is there; `index` searches it. */
export interface CatalogState {
  readonly state: "loading" | "ready" | "failed";
  readonly catalog: Catalog;
  readonly index: SearchIndex | null;
}

const EMPTY: Catalog = { torch: "", operations: new Map() };

/** The one catalogue store of the page. */
export const useCatalog = create<CatalogState>()(() => ({ state: "loading", catalog: EMPTY, index: null }));

/** Puts a catalogue in place. */
export function takeCatalog(catalog: Catalog): void {
  useCatalog.setState({ state: "ready", catalog, index: new SearchIndex(catalog) });
}
