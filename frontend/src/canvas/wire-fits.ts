/** Which sockets a wire in the hand fits, found once when it is taken up. Knows no DOM. */
import { argumentsOf, reachableFrom, refusalOfWire } from "../catalog/sockets";
import type { Catalog } from "../catalog/types";
import type { Snapshot } from "../document/types";
import type { WireEnd } from "../view/view-store";

/** A wire with one free end, and what it fits. */
export class WireFits {
  /** Nodes whose wiring would close a circle, the wire's own node included. */
  private readonly circle: ReadonlySet<string>;
  private readonly takes = new Map<string, ReadonlySet<string>>();

  constructor(
    private readonly snapshot: Snapshot,
    private readonly catalog: Catalog,
    readonly end: WireEnd,
  ) {
    this.circle = end.side === "output" ? upstreamOf(snapshot, end.uid) : reachableFrom(snapshot, end.uid);
  }

  /** Whether the wire may end at this argument (it comes from an output). */
  fitsInput(uid: string, argument: string): boolean {
    return this.end.side === "output" && !this.circle.has(uid) && this.wiredArguments(uid).has(argument);
  }

  /** Whether the wire may begin at an output of this node (it comes from an input). */
  fitsOutput(uid: string): boolean {
    return this.end.side === "input" && !this.circle.has(uid);
  }

  /** Why it does not fit, in words; null where it does. */
  refusal(uid: string, argument: string | null): string | null {
    const { end, catalog, snapshot } = this;
    if (end.side === "input") {
      return argument === null
        ? refusalOfWire(catalog, snapshot, uid, end.uid, end.argument ?? "")
        : "A wire runs from an output to an input: this is an input, too.";
    }
    if (argument === null) return "A wire runs from an output to an input: this is an output, too.";
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
