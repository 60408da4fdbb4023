// What the observer shows to the main thread without a message: two slots of shared memory written in turn
// (a sequence lock without a waiting writer), so that reading is synchronous and costs nothing until it is done.
import { deserialize, serialize } from "node:v8";
import type { Finding } from "../explain/finding.js";
import type { Snapshot } from "../snapshot/snapshot.js";

/** What is on the board. */
export interface Shown {
  readonly snapshot?: Snapshot | undefined;
  readonly findings: readonly Finding[];
}

const headerBytes = 16;
const slotBytes = 256 * 1024;

/** Memory for one board; pages are taken from the system only as far as they are written. */
export const createBoardMemory = (): SharedArrayBuffer => new SharedArrayBuffer(headerBytes + 2 * slotBytes);

const words = (memory: SharedArrayBuffer): Int32Array => new Int32Array(memory, 0, headerBytes / 4);
const slot = (memory: SharedArrayBuffer, sequence: number): Uint8Array =>
  new Uint8Array(memory, headerBytes + (sequence & 1) * slotBytes, slotBytes);

/** Writes `shown` into the slot that nobody reads, then points at it. What does not fit is shown without its details. */
export const writeBoard = (memory: SharedArrayBuffer, shown: Shown): void => {
  const header = words(memory);
  const next = (Atomics.load(header, 0) + 1) | 0;
  let bytes = serialize(shown);
  if (bytes.length > slotBytes) bytes = serialize(withoutDetails(shown));
  if (bytes.length > slotBytes) return;
  slot(memory, next).set(bytes);
  Atomics.store(header, 1 + (next & 1), bytes.length);
  Atomics.store(header, 0, next);
};

/** The last complete content, or `undefined` when nothing was written yet. */
export const readBoard = (memory: SharedArrayBuffer): Shown | undefined => {
  const header = words(memory);
  // The writer fills the other slot; only two writes during one copy make it stale, and then it is copied again.
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const sequence = Atomics.load(header, 0);
    if (sequence === 0) return undefined;
    const copy = Buffer.from(slot(memory, sequence).slice(0, Atomics.load(header, 1 + (sequence & 1))));
    if (Atomics.load(header, 0) === sequence) return decode(copy);
  }
  return undefined;
};

/** Written by `writeBoard` of this very process. */
const decode = (bytes: Buffer): Shown => {
  const shown: Shown = deserialize(bytes);
  return shown;
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
