// Formatted numbers.

/** Rounds a count to three digits: 48,700. */
export function count(value) {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 2);
  return (Math.round(value / unit) * unit).toLocaleString("en");
}

/** Formats a ratio: 3.4 x, 19 x. */
export const times = (ratio) => `${ratio.toFixed(ratio < 9.95 ? 1 : 0)} x`;
