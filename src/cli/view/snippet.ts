// The source around a stack frame, where the file is here: the line that was running is marked.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { View } from "./finding.js";

const around = 2;

export interface Place {
  readonly file: string;
  readonly line: number;
}

/** `name (file:line:column)` to its place. */
export const placeOf = (frame: string): Place | undefined => {
  const match = /\(?((?:file:\/\/)?\/[^()]+):(\d+):\d+\)?$/.exec(frame);
  if (!match) return undefined;
  const file = pathOf(match[1]!);
  return file === undefined ? undefined : { file, line: Number(match[2]) };
};

/** `undefined`: a `file:` URL that names no file here (another host's, an escaped slash). */
const pathOf = (place: string): string | undefined => {
  try {
    return place.startsWith("file:") ? fileURLToPath(place) : place;
  } catch {
    return undefined;
  }
};

/** Lines of the file around the frame; none when the frame is not known or the file is not here. */
export const snippetLines = (frame: string | undefined, { width, paint }: View): readonly string[] => {
  const place = frame === undefined ? undefined : placeOf(frame);
  const source = place && linesOf(place.file);
  if (!place || !source) return [];
  const from = Math.max(1, place.line - around);
  const shown = source.slice(from - 1, place.line + around);
  return [
    "",
    ...shown.map((text, index) => {
      const number = from + index;
      const row = `  ${number === place.line ? ">" : " "} ${String(number).padStart(4)} │ ${text}`.slice(0, width);
      return number === place.line ? paint("bold", row) : row;
    }),
  ];
};

const linesOf = (file: string): readonly string[] | undefined => {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    return undefined;
  }
};
