// Tables of figures: columns to the right, words to the left, none wider than what stands in it.

const isWord = (cell: string): boolean => cell !== "" && !/^[\d.–-]/.test(cell);

/** The head and the rows, each indented by two. A column of words begins at its left. */
export const cellLines = (heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => {
  const columns = heads.map((head, index) => ({
    width: Math.max(head.length, ...rows.map((row) => row[index]!.length)),
    words: rows.some((row) => isWord(row[index]!)),
  }));
  return [heads, ...rows].map((row) =>
    `  ${row
      .map((cell, index) => {
        const { width, words } = columns[index]!;
        return words ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")}`.trimEnd(),
  );
};

/** Names and what stands behind them. */
export const figureLines = (rows: readonly (readonly [string, string])[]): readonly string[] => {
  const left = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(left)}  ${text}`);
};
