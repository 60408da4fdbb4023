// Call frames of the main thread as text: those outside Node's own code, innermost first, where the source is.
import type { Runtime } from "node:inspector";
import { type LoadedMap, loadSourceMap, originalPlace, type Place, pathOf, type Script } from "./source-map.js";

/** A frame as far as it is needed; the debugger counts lines and columns from 0. */
export interface RawFrame {
  readonly name: string;
  readonly scriptId: string;
  readonly script: Script;
  readonly line: number;
  readonly column: number;
}

const framesAtMost = 8;

/** `callFrame.url` may be empty: the script's announcement has it. */
export const rawFramesOf = (
  callFrames: readonly Runtime.CallFrame[],
  scripts: ReadonlyMap<string, Script>,
): readonly RawFrame[] =>
  callFrames.map(({ functionName, url, scriptId, lineNumber, columnNumber }) => ({
    name: functionName === "" ? "<anonymous>" : functionName,
    scriptId,
    script: scripts.get(scriptId) ?? { url },
    line: lineNumber,
    column: columnNumber,
  }));

const isNodes = ({ script }: RawFrame): boolean => script.url.startsWith("node:");

/** What Node's own code was called for, when that is what runs: `pbkdf2Sync (node:internal/crypto/pbkdf2)`. */
export const calleeOf = (frames: readonly RawFrame[]): string | undefined => {
  const called = frames
    .slice(
      0,
      frames.findIndex((frame) => !isNodes(frame)),
    )
    .at(-1);
  return called === undefined ? undefined : `${called.name} (${called.script.url})`;
};

const placeOf = ({ script, line, column }: RawFrame, map: LoadedMap | undefined): Place =>
  (map && originalPlace(map, line, column)) ?? {
    file: script.url === "" ? "<anonymous>" : pathOf(script.url),
    line: line + 1,
    column: column + 1,
  };

/** `name (file:line:column)`, at most eight, through source maps. Reads files: not while anybody waits. */
export const framesOf = (frames: readonly RawFrame[]): readonly string[] => {
  const maps = new Map<string, LoadedMap | undefined>();
  return frames
    .filter((frame) => !isNodes(frame))
    .slice(0, framesAtMost)
    .map((frame) => {
      if (!maps.has(frame.scriptId)) maps.set(frame.scriptId, loadSourceMap(frame.script));
      const { file, line, column } = placeOf(frame, maps.get(frame.scriptId));
      return `${frame.name} (${file}:${line}:${column})`;
    });
};
