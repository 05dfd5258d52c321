// Medians and spreads.

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Returns the median, minimum and maximum of measurements. */
export const spread = (values) => ({ median: median(values), low: Math.min(...values), high: Math.max(...values) });
