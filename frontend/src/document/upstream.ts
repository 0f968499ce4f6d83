/** What a node depends on. Pure. */
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
