/** Which sockets a wire in the hand fits, found once when it is taken up. Knows no DOM. */
import { argumentsOf, reachableFrom, refusalOfWire } from "../catalog/sockets";
import type { Catalog } from "../catalog/types";
import type { EdgeView, Snapshot } from "../document/types";
import type { WireEnd } from "../view/view-store";

/** A wire with one free end, and what it fits. */
export class WireFits {
  /** Nodes whose wiring would close a circle, the wire's own node included. */
  private readonly circle: ReadonlySet<string>;
  private readonly takes = new Map<string, ReadonlySet<string>>();
  /** What fits the input that the wire was pulled off: over an output it is this end that the wire keeps. */
  private readonly unplugged: WireFits | null;

  constructor(
    private readonly snapshot: Snapshot,
    private readonly catalog: Catalog,
    readonly end: WireEnd,
    /** The edge whose other end is in the hand; null for a new wire. */
    readonly replugged: EdgeView | null = null,
  ) {
    this.circle = end.side === "output" ? upstreamOf(snapshot, end.uid) : reachableFrom(snapshot, end.uid);
    const pulled = end.side === "output" && replugged !== null;
    this.unplugged = pulled ? new WireFits(snapshot, catalog, targetOf(replugged)) : null;
  }

  /** Whether the wire may end at this argument (it comes from an output). */
  fitsInput(uid: string, argument: string): boolean {
    return this.end.side === "output" && !this.circle.has(uid) && this.wiredArguments(uid).has(argument);
  }

  /** Whether the wire may begin at an output of this node (it comes from an input, or was pulled off one). */
  fitsOutput(uid: string): boolean {
    if (this.unplugged) return this.unplugged.fitsOutput(uid);
    return this.end.side === "input" && !this.circle.has(uid);
  }

  /** Why it does not fit, in words; null where it does. */
  refusal(uid: string, argument: string | null): string | null {
    const { end, catalog, snapshot } = this;
    if (end.side === "input") {
      return argument === null
        ? refusalOfWire(catalog, snapshot, uid, end.uid, end.argument ?? "")
        : "An input cannot give a wire: drop it on an output.";
    }
    if (argument === null)
      return this.unplugged
        ? this.unplugged.refusal(uid, null)
        : "An output cannot take a wire: drop it on an input.";
    return refusalOfWire(catalog, snapshot, end.uid, uid, argument);
  }

  private wiredArguments(uid: string): ReadonlySet<string> {
    const known = this.takes.get(uid);
    if (known) return known;
    const node = this.snapshot.byUid.get(uid);
    const operation = node && this.catalog.operations.get(node.op);
    const wired = node && operation ? argumentsOf(operation, node, this.snapshot) : [];
    const names = new Set(wired.filter((argument) => argument.wired).map((argument) => argument.name));
    this.takes.set(uid, names);
    return names;
  }
}

function targetOf({ target, argument }: EdgeView): WireEnd {
  return { uid: target, side: "input", output: null, argument };
}

/** The nodes from which one can be reached, itself included. */
function upstreamOf(snapshot: Snapshot, uid: string): ReadonlySet<string> {
  const sources = new Map<string, string[]>();
  for (const edge of snapshot.edges) {
    const known = sources.get(edge.target);
    if (known) known.push(edge.source);
    else sources.set(edge.target, [edge.source]);
  }
  const found = new Set([uid]);
  const open = [uid];
  for (let node = open.pop(); node !== undefined; node = open.pop())
    for (const source of sources.get(node) ?? [])
      if (!found.has(source)) {
        found.add(source);
        open.push(source);
      }
  return found;
}
