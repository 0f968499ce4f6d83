/** Thins a curve to what a chart of some width can show, keeping every peak. Knows nothing of charts. */

/** Indices of at most `buckets` × 2 points: the lowest and the highest of each bucket, and both ends. */
export function keepPeaks(values: Float64Array, count: number, buckets: number): number[] {
  if (count <= buckets * 2) return Array.from({ length: count }, (_, index) => index);
  const kept: number[] = [0];
  const size = count / buckets;
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const start = Math.floor(bucket * size);
    const end = Math.min(count, Math.floor((bucket + 1) * size));
    let [low, high] = [start, start];
    for (let index = start; index < end; index += 1) {
      const value = values[index] ?? Number.NaN;
      if (!(value >= (values[low] ?? 0))) low = index;
      if (!(value <= (values[high] ?? 0))) high = index;
    }
    for (const index of low < high ? [low, high] : [high, low])
      if (index > (kept.at(-1) ?? -1)) kept.push(index);
  }
  if (kept.at(-1) !== count - 1) kept.push(count - 1);
  return kept;
}
