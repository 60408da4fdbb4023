// Figures as short words, for places where a sentence has no room. No DOM: tests read it as it is.
import { bytes, rate } from "../../explain/format.js";

/** `–`: what was not read. Never 0. */
export const absent = "–";

/** What `write` makes of a figure, or `–` where there is none. */
export const orAbsent = <T>(value: T | undefined, write: (value: T) => string): string =>
  value === undefined ? absent : write(value);

/** `7`, `1,234`, `12.3k`, `4.5M`: a count in five characters. */
export const tally = (n: number): string => {
  const size = Math.abs(n);
  if (size < 10_000) return Math.round(n).toLocaleString("en-US");
  return size < 1e6 ? `${shorter(n / 1e3)}k` : `${shorter(n / 1e6)}M`;
};

const shorter = (n: number): string => String(Math.abs(n) < 100 ? Math.round(n * 10) / 10 : Math.round(n));

/** `3.2/s`, `1,200/s`. */
export const perSecond = (value: number): string => `${value < 10 ? rate(value) : tally(value)}/s`;

/** How often in a second, from a count and the interval it was counted in. */
export const rateOf = (n: number | undefined, intervalMs: number | undefined): number | undefined =>
  n === undefined || intervalMs === undefined || intervalMs <= 0 ? undefined : (n * 1000) / intervalMs;

/** `0 B`, `900 B`, `375 KB`, `1.2 MB`. */
export const size = (n: number): string => bytes(n).replace(/ bytes?$/, " B");

/** `977 KB/s`. */
export const sizeRate = (n: number): string => `${size(n)}/s`;

/** `0.042 ms`, `1.2 ms`, `340 ms`, `2.5 s`: keeps what a round trip needs. */
export const millis = (ms: number): string => {
  if (ms >= 1000) return `${Math.round(ms / 100) / 10} s`;
  return `${ms >= 100 ? Math.round(ms) : Number(ms.toPrecision(2))} ms`;
};

/** `37 %`. */
export const share = (part: number): string => `${Math.round(part * 100)} %`;

/** `14:03:27`, local time. */
export const clock = (time: number): string => new Date(time).toLocaleTimeString("en-GB", { hour12: false });

/** `4 s ago`, `3 min ago`, `2 h ago`. */
export const ago = (ms: number): string => `${span(ms)} ago`;

/** `now`, `4 s`, `3 min`, `2 h`. */
export const span = (ms: number): string => {
  if (ms < 60_000) return `${Math.max(0, Math.round(ms / 1000))} s`;
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
};
