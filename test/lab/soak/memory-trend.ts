// Whether memory and descriptors stay flat: proc_pid_status(5) VmRSS, proc_pid_fd(5), sampled from outside.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface Sample {
  readonly at: number;
  readonly rssBytes: number;
}

export const rssOf = (pid: number): number =>
  1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? Number.NaN);

/** What they lead to, without numbers, sorted; a flight record stays open for half a minute after the last finding. */
export const fdsOf = (pid: number): readonly string[] =>
  readdirSync(`/proc/${pid}/fd`)
    .flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`).replace(/\[\d+\]|\d+/g, "N")];
      } catch {
        return [];
      }
    })
    .filter((path) => !path.includes("sockscope-soak-"))
    .toSorted();

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

export interface Trend {
  /** Medians of the first and the last third of the samples. */
  readonly beginBytes: number;
  readonly endBytes: number;
  /** The median slope of all pairs a third of the time apart (Theil and Sen): single peaks do not bend it. */
  readonly bytesPerHour: number;
}

export const trendOf = (samples: readonly Sample[]): Trend => {
  const third = Math.max(1, Math.floor(samples.length / 3));
  const bytes = samples.map(({ rssBytes }) => rssBytes);
  const slopes = samples
    .slice(third)
    .map(({ at, rssBytes }, n) => ((rssBytes - samples[n]!.rssBytes) / (at - samples[n]!.at)) * 3_600_000);
  return {
    beginBytes: median(bytes.slice(0, third)),
    endBytes: median(bytes.slice(-third)),
    bytesPerHour: median(slopes),
  };
};
