// Figures in plain words: the same spelling in every sentence.
import type { ListenerReading } from "../snapshot/snapshot.js";

/** `340 ms`, `1.2 s`, `75 s`. */
export const duration = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
};

/** `1 segment`, `197 segments`. */
export const count = (n: number, noun: string): string => `${Math.round(n)} ${noun}${Math.round(n) === 1 ? "" : "s"}`;

/** One decimal below ten, none above. */
export const rate = (perSecond: number): number =>
  perSecond < 10 ? Math.round(perSecond * 10) / 10 : Math.round(perSecond);

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** `0.0.0.0:3000`, `[::]:3000`, `/run/app.sock`. */
export const placeOf = ({ address, port, path }: Pick<ListenerReading, "address" | "port" | "path">): string => {
  if (path !== undefined) return path;
  const host = address ?? "*";
  return `${host.includes(":") ? `[${host}]` : host}:${port ?? "?"}`;
};

/** `900 bytes`, `375 KB`, `1.2 MB`. */
export const bytes = (n: number): string => {
  if (n < 1000) return count(n, "byte");
  return n < 1e6 ? `${rate(n / 1000)} KB` : `${rate(n / 1e6)} MB`;
};

/** `977 KB/s`. */
export const bytesPerSecond = (n: number): string => `${bytes(n)}/s`;
