// Text to columns: wrapping to a width, and two-column lists whose second column wraps under itself.
import { stripVTControlCharacters } from "node:util";

const shown = (text: string): number => stripVTControlCharacters(text).length;

/** Words of `text` in lines of at most `width` columns (escape sequences take none); `hang` begins the later lines. */
export const wrap = (text: string, width: number, first = "", hang: string = first): readonly string[] => {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    if (!empty && shown(line) + 1 + shown(word) > width) {
      lines.push(line);
      line = hang;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
};

/** A line cut to the width; one that is cut loses its colour. */
export const clip = (line: string, width: number): string =>
  shown(line) <= width ? line : stripVTControlCharacters(line).slice(0, Math.max(0, width));

/** Two columns, indented by two; the second wraps under itself. */
export const table = (rows: readonly (readonly [string, string])[], width: number): readonly string[] => {
  const left = Math.max(0, ...rows.map(([name]) => shown(name)));
  return rows.flatMap(([name, words]) =>
    wrap(words, width, `  ${name}${" ".repeat(left - shown(name))}  `, " ".repeat(left + 4)),
  );
};
