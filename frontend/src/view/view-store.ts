/** What belongs to this browser alone: selection, theme, folded panels. Never part of the document or of a run. */
import { create } from "zustand";
import type { Point } from "../document/types";

/** One end of a wire that is being dragged or drawn by keyboard. */
export interface WireEnd {
  readonly uid: string;
  /** `output`: the wire began at an output (null is the first); `input`: at an argument. */
  readonly side: "output" | "input";
  readonly output: string | null;
  readonly argument: string | null;
}

/** The search for a node to add: where it will stand, and the wire it has to fit, if any. */
export interface SearchRequest {
  readonly at: Point | null;
  readonly fits: WireEnd | null;
}

export type Theme = "auto" | "light" | "dark";
export type DockTab = "loss" | "autograd" | "code" | "problems";
export type Dialog = "keys" | "examples" | "export" | null;

/** The state of this browser's view, and the verbs that change it. */
export interface ViewState {
  /** Selected nodes, by uid. */
  readonly selection: ReadonlySet<string>;
  /** The selected edge's id, null if none; an edge and nodes are never selected together. */
  readonly edge: string | null;
  readonly theme: Theme;
  /** What `theme` comes to now. */
  readonly dark: boolean;
  readonly paletteOpen: boolean;
  readonly inspectorOpen: boolean;
  readonly dockOpen: boolean;
  /** Whether the side panels lie over the canvas, one at a time: the window has no room for them beside it. */
  readonly narrow: boolean;
  readonly dockTab: DockTab;
  readonly dockHeight: number;
  readonly lossScale: "log" | "linear";
  /** Whether the inspector has the elements of tensors unfolded. */
  readonly elementsOpen: boolean;
  /** Whether the inspector has torch's documentation unfolded. */
  readonly documentationOpen: boolean;
  /** An open search on the canvas. */
  readonly search: SearchRequest | null;
  readonly wire: WireEnd | null;
  readonly dialog: Dialog;
  /** A node the canvas should bring into view; `count` tells two requests for one node apart. */
  readonly reveal: { readonly uid: string; readonly count: number } | null;
  /** Asks the inspector to put the focus into its first field (or, "id", into the name); null once it has. */
  readonly editRequest: { readonly field: "first" | "id" } | null;
  /** The middle of what the canvas shows, where new nodes are put; the canvas keeps it. */
  readonly center: Point;
  select(uids: Iterable<string>): void;
  selectEdge(id: string | null): void;
  setTheme(theme: Theme): void;
  setDark(dark: boolean): void;
  toggle(panel: "palette" | "inspector" | "dock"): void;
  /** Gives the canvas back what a side panel covers, where one lies over it. */
  leaveSide(): void;
  showTab(tab: DockTab): void;
  setDockHeight(height: number): void;
  setLossScale(scale: "log" | "linear"): void;
  showElements(open: boolean): void;
  showDocumentation(open: boolean): void;
  openSearch(request: SearchRequest): void;
  closeSearch(): void;
  setWire(wire: WireEnd | null): void;
  showDialog(dialog: Dialog): void;
  revealNode(uid: string): void;
  editFields(field: "first" | "id"): void;
  setCenter(center: Point): void;
}

const nothing: ReadonlySet<string> = new Set();

/** The one view store of the page. */
export const useView = create<ViewState>()((set, get) => ({
  selection: nothing,
  edge: null,
  theme: "auto",
  dark: false,
  paletteOpen: true,
  inspectorOpen: true,
  dockOpen: true,
  narrow: false,
  dockTab: "loss",
  dockHeight: 196,
  lossScale: "log",
  elementsOpen: false,
  documentationOpen: false,
  search: null,
  wire: null,
  dialog: null,
  reveal: null,
  editRequest: null,
  center: [0, 0],
  select: (uids) => set({ selection: new Set(uids), edge: null }),
  selectEdge: (edge) => set({ edge, selection: nothing }),
  setTheme: (theme) => set({ theme }),
  setDark: (dark) => set({ dark }),
  toggle: (panel) => {
    const { narrow, paletteOpen, inspectorOpen, dockOpen } = get();
    if (panel === "dock") set({ dockOpen: !dockOpen });
    else if (panel === "palette")
      set({ paletteOpen: !paletteOpen, inspectorOpen: inspectorOpen && (!narrow || paletteOpen) });
    else set({ inspectorOpen: !inspectorOpen, paletteOpen: paletteOpen && (!narrow || inspectorOpen) });
  },
  leaveSide: () => {
    if (get().narrow) set({ paletteOpen: false, inspectorOpen: false });
  },
  showTab: (dockTab) => set({ dockTab, dockOpen: true }),
  setDockHeight: (dockHeight) => set({ dockHeight }),
  setLossScale: (lossScale) => set({ lossScale }),
  showElements: (elementsOpen) => set({ elementsOpen }),
  showDocumentation: (documentationOpen) => set({ documentationOpen }),
  openSearch: (search) => set({ search }),
  closeSearch: () => set({ search: null }),
  setWire: (wire) => set({ wire }),
  showDialog: (dialog) => set({ dialog }),
  revealNode: (uid) => set({ reveal: { uid, count: (get().reveal?.count ?? 0) + 1 } }),
  editFields: (field) => {
    const { narrow, paletteOpen } = get();
    set({ inspectorOpen: true, paletteOpen: paletteOpen && !narrow, editRequest: { field } });
  },
  setCenter: (center) => set({ center }),
}));
