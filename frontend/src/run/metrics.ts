/** The metrics of the present run, one number a name and step. Knows nothing of charts or sockets. */

/** Step-major values: `values[step * names.length + name]`; NaN for steps that this page never got. */
export interface Metrics {
  readonly run: number;
  readonly names: readonly string[];
  readonly values: Float64Array;
  /** How many steps there are. */
  readonly count: number;
}

/** The metrics with those of step `from` and on put in their place. */
export function withMetrics(
  before: Metrics | null,
  run: number,
  from: number,
  names: readonly string[],
  fresh: Float64Array,
): Metrics | null {
  const width = names.length;
  if (width === 0) return before;
  const continues = before !== null && before.run === run && before.names.join() === names.join();
  const count = from + Math.floor(fresh.length / width);
  const room = roomFor(continues ? before : null, count * width);
  if (!continues) room.fill(Number.NaN, 0, from * width);
  else if (before.count < from) room.fill(Number.NaN, before.count * width, from * width);
  room.set(fresh, from * width);
  return { run, names, values: room, count };
}

function roomFor(before: Metrics | null, length: number): Float64Array {
  if (before && length <= before.values.length) return before.values;
  const room = new Float64Array(Math.max(256, length, (before?.values.length ?? 0) * 2));
  if (before) room.set(before.values);
  return room;
}

/** The numbers of one name, one a step. */
export function seriesOf(metrics: Metrics, name: number): Float64Array {
  const width = metrics.names.length;
  return Float64Array.from(
    { length: metrics.count },
    (_, step) => metrics.values[step * width + name] ?? Number.NaN,
  );
}
