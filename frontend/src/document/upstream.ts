/** What a node depends on, and what keeps it from running. Pure. */
import type { NodeView, Snapshot } from "./types";

/** Every node from which something flows into this one, the nearest first. */
export function upstream(snapshot: Snapshot, uid: string): NodeView[] {
  const sources = new Map<string, string[]>();
  for (const edge of snapshot.edges)
    sources.set(edge.target, [...(sources.get(edge.target) ?? []), edge.source]);
  const found = new Set<string>();
  let front = sources.get(uid) ?? [];
  while (front.length > 0) {
    const fresh = front.filter((source) => source !== uid && !found.has(source));
    for (const source of fresh) found.add(source);
    front = [...new Set(fresh)].flatMap((source) => sources.get(source) ?? []);
  }
  return [...found].flatMap((source) => snapshot.byUid.get(source) ?? []);
}

/** What cannot run because of others: uid → the nearest of `failing` (ids) that it depends on. */
export function heldUp(snapshot: Snapshot, failing: ReadonlySet<string>): ReadonlyMap<string, NodeView> {
  const causes = new Map<string, NodeView>();
  let front = snapshot.nodes.filter(({ id }) => failing.has(id)).map((node) => [node.uid, node] as const);
  if (front.length === 0) return causes;
  const targets = new Map<string, string[]>();
  for (const { source, target } of snapshot.edges) {
    const known = targets.get(source);
    if (known) known.push(target);
    else targets.set(source, [target]);
  }
  while (front.length > 0) {
    const next: (readonly [string, NodeView])[] = [];
    for (const [uid, cause] of front)
      for (const target of targets.get(uid) ?? []) {
        if (causes.has(target)) continue;
        causes.set(target, cause);
        next.push([target, cause]);
      }
    front = next;
  }
  return causes;
}
