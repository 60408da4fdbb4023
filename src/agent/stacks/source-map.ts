// Where generated code came from: the source map a script names, inline or in a file, read only for a frame that is
// shown. Mirrors the Source Map specification (ECMA-426) by way of node:module's SourceMap.
import { readFileSync, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { SourceMap, SourceMapPayload } from "node:module";

/** A script as the debugger announces it. */
export interface Script {
  readonly url: string;
  readonly sourceMapURL?: string | undefined;
}

/** A place in a file, line and column counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface LoadedMap {
  readonly map: SourceMap;
  readonly sourceRoot: string;
  readonly base: URL;
}

/** Decoding a map takes several times its size, in the observer's memory; a larger one is left alone. */
const sizeLimitBytes = 8 * 1024 * 1024;

const urlOf = (text: string): URL => (isAbsolute(text) ? pathToFileURL(text) : new URL(text));

const inlineText = (dataUrl: string): string | undefined => {
  const comma = dataUrl.indexOf(",");
  const body = dataUrl.slice(comma + 1);
  if (comma < 0 || body.length > sizeLimitBytes * 1.4) return undefined;
  return dataUrl.slice(0, comma).endsWith(";base64")
    ? Buffer.from(body, "base64").toString()
    : decodeURIComponent(body);
};

const fileText = (url: URL): string | undefined => {
  if (url.protocol !== "file:") return undefined;
  const stat = statSync(url);
  return stat.isFile() && stat.size <= sizeLimitBytes ? readFileSync(url, "utf8") : undefined;
};

/** The script's map; `undefined` where it names none, or one that cannot be had or understood. */
export const loadSourceMap = ({ url, sourceMapURL }: Script): LoadedMap | undefined => {
  if (sourceMapURL === undefined || sourceMapURL === "" || url === "") return undefined;
  try {
    const isInline = sourceMapURL.startsWith("data:");
    const base = isInline ? urlOf(url) : new URL(sourceMapURL, urlOf(url));
    const text = isInline ? inlineText(sourceMapURL) : fileText(base);
    if (text === undefined) return undefined;
    const payload: SourceMapPayload = JSON.parse(text);
    const sourceRoot: unknown = payload.sourceRoot;
    // Loaded for this alone.
    const { SourceMap: Decoded } = process.getBuiltinModule("node:module");
    return { map: new Decoded(payload), sourceRoot: typeof sourceRoot === "string" ? sourceRoot : "", base };
  } catch {
    return undefined;
  }
};

/** A `file:` URL as a path, anything else (`webpack://…`) as it is. */
export const pathOf = (url: string): string => {
  try {
    return url.startsWith("file:") ? fileURLToPath(url) : url;
  } catch {
    return url;
  }
};

/** The place the map gives for generated code, both counted from 0 here; `undefined` where it is silent. */
export const originalPlace = (
  { map, sourceRoot, base }: LoadedMap,
  line: number,
  column: number,
): Place | undefined => {
  const entry = map.findEntry(line, column);
  if (!("originalSource" in entry) || typeof entry.originalSource !== "string") return undefined;
  const source = sourceRoot === "" ? entry.originalSource : `${sourceRoot.replace(/\/$/, "")}/${entry.originalSource}`;
  const file = URL.canParse(source, base.href) ? pathOf(new URL(source, base).href) : source;
  return { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
};
