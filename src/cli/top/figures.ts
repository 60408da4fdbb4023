// Figures short enough for a column; absent ones are `undefined`, never 0.

type Figure = number | undefined;

/** Three digits at most, one decimal below ten. */
const digits = (n: number): string => (n < 9.95 && n % 1 !== 0 ? n.toFixed(1) : String(Math.round(n)));

const scaled = (n: number, units: readonly string[]): string => {
  const index = units.findIndex((_, i) => n < 999.5 * 1000 ** i);
  const at = index === -1 ? units.length - 1 : index;
  return `${digits(n / 1000 ** at)}${units[at]}`;
};

/** `1,204`. */
export const whole = (n: number): string => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ",");

/** `812`, `1.2k`, `34k`, `5M`. */
export const short = (n: Figure): string | undefined =>
  n === undefined ? undefined : scaled(n, ["", "k", "M", "G", "T"]);

/** `900 B`, `375 KB`, `1.2 MB`; 0 is `0`. */
export const shortBytes = (n: Figure): string | undefined =>
  n === undefined ? undefined : n === 0 ? "0" : scaled(n, [" B", " KB", " MB", " GB", " TB"]);

const times: readonly (readonly [below: number, unitMs: number, unit: string])[] = [
  [0.0995, 0.001, "µs"],
  [999.5, 1, "ms"],
  [99_500, 1000, "s"],
  [99.5 * 60_000, 60_000, "min"],
  [99.5 * 3_600_000, 3_600_000, "h"],
  [Number.POSITIVE_INFINITY, 86_400_000, "d"],
];

/** `52 µs`, `3.2 ms`, `340 ms`, `1.2 s`, `12 min`, `3 h`. */
export const shortTime = (ms: Figure): string | undefined => {
  if (ms === undefined) return undefined;
  if (ms === 0) return "0 ms";
  const [, unitMs, unit] = times.find(([below]) => ms < below)!;
  return `${digits(ms / unitMs)} ${unit}`;
};

/** `87 %`. */
export const shortShare = (share: Figure): string | undefined =>
  share === undefined
    ? undefined
    : `${share > 0 && share < 0.0995 ? (share * 100).toFixed(1) : Math.round(share * 100)} %`;

/** `12:30:05`, this machine's time. */
export const clock = (time: number): string => {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => String(n).padStart(2, "0")).join(":");
};
