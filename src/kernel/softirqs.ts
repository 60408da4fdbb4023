// /proc/softirqs: how often each CPU was asked to run network work (fs/proc/softirqs.c). Of the whole host.
import type { CpuSoftirqs } from "../snapshot/network.js";
import { openReader } from "./proc-reader.js";
import { type From, type KeptReading, once, procPath } from "./proc-root.js";

export type { CpuSoftirqs };

/** Every CPU's softirqs; `undefined` where /proc/softirqs cannot be read. */
export function readSoftirqs(from: From = {}): readonly CpuSoftirqs[] | undefined {
  return once(openSoftirqs(from));
}

/** The same over a descriptor that stays open. */
export function openSoftirqs(from: From = {}): KeptReading<readonly CpuSoftirqs[]> {
  const reader = openReader(procPath(from, "softirqs"));
  return {
    close: reader.close,
    read: () => {
      const text = reader.read();
      return text === undefined ? undefined : parseSoftirqs(text);
    },
  };
}

/** A line of CPU names, then one line per kind. Total: what is damaged is `undefined`. */
export function parseSoftirqs(text: string): readonly CpuSoftirqs[] {
  const [header = "", ...lines] = text.split("\n");
  const row = (kind: string): readonly string[] =>
    lines
      .find((line) => line.trimStart().startsWith(`${kind}:`))
      ?.trim()
      .split(/\s+/)
      .slice(1) ?? [];
  const [netRx, netTx] = [row("NET_RX"), row("NET_TX")];
  const count = (word: string | undefined): number | undefined =>
    word !== undefined && /^\d{1,10}$/.test(word) ? Number(word) : undefined;
  return [...header.matchAll(/\bCPU(\d{1,6})\b/g)].map((match, column) => ({
    cpu: Number(match[1]),
    netRx: count(netRx[column]),
    netTx: count(netTx[column]),
  }));
}
