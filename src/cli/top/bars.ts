// Bars and trend lines in eighths of a character.

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;
const heights = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** Of exactly `width` columns; whatever is not nothing shows, and only what is full looks full. */
export const bar = (share: number, width: number): string => {
  const most = width * 8;
  const filled = share >= 1 ? most : Math.min(most - 1, Math.max(share > 0 ? 1 : 0, Math.round(share * most)));
  const cells = "█".repeat(Math.floor(filled / 8)) + eighths[filled % 8]!;
  return cells.padEnd(width, "·");
};

/** The last `width` values against `full`, the newest to the right; no value yet: blank. */
export const trend = (values: readonly number[], full: number, width: number): string =>
  values
    .slice(-width)
    .map((value) =>
      value <= 0 ? "·" : heights[Math.min(heights.length - 1, Math.floor((value / full) * heights.length))]!,
    )
    .join("")
    .padStart(width);
