// What the observer shows to the main thread without a message: two slots of shared memory written in turn
// (a sequence lock without a waiting writer), so that reading is synchronous and costs nothing until it is done.
import type { Finding } from "../../explain/finding.js";
import type { MetricFamily } from "../../export/metrics/reading.js";
import type { Snapshot } from "../../snapshot/snapshot.js";

/** What is on the board. */
export interface Shown {
  readonly snapshot?: Snapshot | undefined;
  readonly findings: readonly Finding[];
}

/** Loaded when it is first needed, not at the application's start. */
const v8 = (): typeof import("node:v8") => require("node:v8");

const headerBytes = 16;
const slotBytes = 256 * 1024;

/** Memory for one board; pages are taken from the system only as far as they are written. */
export const createBoardMemory = (): SharedArrayBuffer => new SharedArrayBuffer(headerBytes + 2 * slotBytes);

const words = (memory: SharedArrayBuffer): Int32Array => new Int32Array(memory, 0, headerBytes / 4);
const slot = (memory: SharedArrayBuffer, sequence: number): Uint8Array =>
  new Uint8Array(memory, headerBytes + (sequence & 1) * slotBytes, slotBytes);

/** Writes `value` into the slot that nobody reads, then points at it. False: it does not fit. */
const write = (memory: SharedArrayBuffer, value: unknown): boolean => {
  const bytes = v8().serialize(value);
  if (bytes.length > slotBytes) return false;
  const header = words(memory);
  const next = (Atomics.load(header, 0) + 1) | 0;
  slot(memory, next).set(bytes);
  Atomics.store(header, 1 + (next & 1), bytes.length);
  Atomics.store(header, 0, next);
  return true;
};

/** The last complete content, as it was serialised; `undefined` when nothing was written yet. */
const read = (memory: SharedArrayBuffer): Buffer | undefined => {
  const header = words(memory);
  // The writer fills the other slot; only two writes during one copy make it stale, and then it is copied again.
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const sequence = Atomics.load(header, 0);
    if (sequence === 0) return undefined;
    const copy = Buffer.from(slot(memory, sequence).slice(0, Atomics.load(header, 1 + (sequence & 1))));
    if (Atomics.load(header, 0) === sequence) return copy;
  }
  return undefined;
};

/** What does not fit is shown without its details. */
export const writeBoard = (memory: SharedArrayBuffer, shown: Shown): void =>
  void (write(memory, shown) || write(memory, withoutDetails(shown)));

export const readBoard = (memory: SharedArrayBuffer): Shown | undefined => {
  const bytes = read(memory);
  return bytes && decode(bytes);
};

export const writeMetrics = (memory: SharedArrayBuffer, families: readonly MetricFamily[]): boolean =>
  write(memory, families);

/** Asked once for each metric at a scrape: what was read is kept until something else is written. */
export const createMetricsReader = (memory: SharedArrayBuffer): (() => readonly MetricFamily[]) => {
  let sequence = 0;
  let last: readonly MetricFamily[] = [];
  return () => {
    const now = Atomics.load(words(memory), 0);
    const bytes = now === sequence ? undefined : read(memory);
    if (bytes) last = decodeMetrics(bytes);
    sequence = now;
    return last;
  };
};

/** Written by `writeBoard` of this very process. */
const decode = (bytes: Buffer): Shown => {
  const shown: Shown = v8().deserialize(bytes);
  return shown;
};

/** Written by `writeMetrics`, likewise. */
const decodeMetrics = (bytes: Buffer): readonly MetricFamily[] => {
  const families: readonly MetricFamily[] = v8().deserialize(bytes);
  return families;
};

const withoutDetails = ({ snapshot, findings }: Shown): Shown => ({
  findings: findings.slice(0, 50),
  snapshot: snapshot && {
    ...snapshot,
    connections: snapshot.connections && { ...snapshot.connections, rows: [] },
    listeners: snapshot.listeners
      .slice(0, 200)
      .map((listener) => ({ ...listener, waiting: undefined, owned: undefined })),
  },
});
