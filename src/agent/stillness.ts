// Stillness: no segment or datagram was sent or received in the network namespace, no socket opened or closed, and nothing is
// on its way. Then connections are as they were, and a look at all of it would find what the last one found.
import type { ReadAhead } from "../kernel/read-ahead.js";
import { createStillness, type StillFiles, type StillName } from "../kernel/still-files.js";
import type { Snapshot } from "../snapshot/snapshot.js";

/** What IP and TCP do; how many sockets there are (what follows is of the whole host). */
const names: readonly StillName[] = [
  { path: "/net/netstat" },
  { path: "/net/snmp" },
  { path: "/net/sockstat", isHead: true },
];

/** What they do not tell of is found out so late at most. */
export const stillMs = 4000;

/** Whether that look leaves nothing open: nobody waits, every connection is known, was asked, and holds nothing. */
export const isStillLook = ({ listeners, connections, stalls }: Snapshot): boolean => {
  if (stalls || !connections || listeners.some(({ length }) => length > 0)) return false;
  const { rows, counts, read, total } = connections;
  // What sockets of other kinds do is not told by those files.
  const { udp = 0, unix = 0 } = counts;
  return rows.length + udp + unix === 0 && read >= total;
};

/** Of a look of the interval. */
export interface StillSigns {
  /** Monotonic ms, as `Snapshot.at`. */
  readonly at: number;
  /** When the descriptors were last walked. */
  readonly walkedAt: number;
  /** How many states of connections have been read so far, of one after the other. */
  readonly counted: number;
}

export interface StillWatch {
  /** After the files were read ahead and connections looked at. */
  look(snapshot: Snapshot, signs: StillSigns): void;
  /** The files by which it stands still, where the last look left nothing open, and all was looked at since they moved. */
  readonly files: StillFiles | undefined;
}

export const createStillWatch = (ahead: Pick<ReadAhead, "find">): StillWatch => {
  const stillness = createStillness(ahead, names);
  let files: StillFiles | undefined;
  /** The first look that found them unchanged, and what had been counted before it. */
  let since: StillSigns | undefined;
  let countedBefore = 0;
  return {
    look(snapshot, { at, walkedAt, counted }) {
      const same = stillness.look();
      since = same && (since ?? { at, walkedAt, counted: countedBefore });
      countedBefore = counted;
      const { total = 0 } = snapshot.connections ?? {};
      const isCaughtUp = since !== undefined && walkedAt >= since.at && counted - since.counted >= total;
      files = isCaughtUp && isStillLook(snapshot) ? same : undefined;
    },
    get files() {
      return files;
    },
  };
};
