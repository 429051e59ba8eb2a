/** One measured promise. */
export interface Row {
  /** The promise's name in SPECIFICATION.md. */
  goal: string;
  what: string;
  /** Medians, in the unit that `what` names. */
  ours: number;
  peer: number | null;
  /** ours / peer. */
  ratio: number | null;
  /** What was promised, in words: `≤ 1.5 × peer`. */
  target: string;
  ok: boolean;
  /** The single measurements behind the medians. */
  rounds: { ours: number[]; peer?: number[] };
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('The median of nothing was asked for.');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
