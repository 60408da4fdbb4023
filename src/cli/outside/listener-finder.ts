// Which listeners are watched: those of a process (its descriptors' inodes), of a port, or all of the namespace.
import type { ListenerReading, Missing } from "../../snapshot/snapshot.js";
import type { Diag } from "../../kernel/index.js";
import { errorCode } from "../../errors.js";
import { UsageError } from "../command.js";
import type { OutsideTarget } from "./outside.js";
import { ownersOf, socketsOf } from "./socket-owners.js";

export type FoundListener = ListenerReading;

export interface ListenerFinder {
  /** `look`: also look for who holds listeners that are new. */
  read(look: boolean): readonly FoundListener[];
  /** Processes that are watched also without a listener. */
  watched(): readonly number[];
  missing(): readonly Missing[];
}

/** Throws `UsageError` when there is no such process or no listener on the port. */
export const findListeners = (diag: Diag, { pid, port }: OutsideTarget): ListenerFinder =>
  pid === undefined ? ofNamespace(diag, port) : ofProcess(diag, pid);

const all = (diag: Diag): readonly ListenerReading[] => [
  ...diag.listeners().rows.map(
    (row): ListenerReading => ({
      cookie: row.cookie,
      transport: "tcp",
      family: row.family,
      address: row.address,
      port: row.port,
      inode: row.inode,
      length: row.length,
      limit: row.limit,
      drops: row.drops,
    }),
  ),
  ...(diag.unixListeners()?.rows ?? []).map(
    (row): ListenerReading => ({
      cookie: row.cookie,
      transport: "unix",
      path: row.path,
      inode: row.inode,
      length: row.length,
      limit: row.limit,
    }),
  ),
];

const ofProcess = (diag: Diag, pid: number): ListenerFinder => {
  const look = (): ReadonlyMap<number, number> => {
    try {
      return socketsOf(pid);
    } catch (error) {
      if (errorCode(error) === "EACCES")
        throw new UsageError(
          `pid ${pid} belongs to another user and its descriptors may not be read: run as that user or root, or use --port`,
        );
      throw new UsageError(`there is no process ${pid}`);
    }
  };
  let sockets = look();
  let gone = false;
  let held = false;
  const read = (slow: boolean): readonly FoundListener[] => {
    if (slow)
      try {
        sockets = look();
      } catch {
        gone = true;
      }
    const rows = all(diag).flatMap((row) => {
      const fd = row.inode === undefined ? undefined : sockets.get(row.inode);
      return fd === undefined ? [] : [{ ...row, pid, fd }];
    });
    held ||= rows.length > 0;
    return rows;
  };
  return {
    read,
    watched: () => (gone ? [] : [pid]),
    missing: () => [
      ...(gone ? [{ source: `/proc/${pid}`, reason: "the process has ended" }] : []),
      ...(held ? [] : [{ source: `/proc/${pid}/fd`, reason: "the process held no listener" }]),
    ],
  };
};

const ofNamespace = (diag: Diag, port: number | undefined): ListenerFinder => {
  const owners = new Map<number, number | undefined>();
  let hidden = 0;
  const wanted = (): readonly ListenerReading[] => all(diag).filter((row) => port === undefined || row.port === port);
  if (port !== undefined && wanted().length === 0)
    throw new UsageError(`nothing listens on port ${port} in this network namespace (for another one use --pid)`);
  const learn = (rows: readonly ListenerReading[]): void => {
    const unknown = new Set(rows.flatMap(({ inode }) => (inode === undefined || owners.has(inode) ? [] : [inode])));
    if (unknown.size === 0) return;
    const found = ownersOf(unknown);
    for (const inode of unknown) owners.set(inode, found.pids.get(inode));
    if (found.pids.size < unknown.size) hidden = Math.max(hidden, unknown.size - found.pids.size);
  };
  return {
    read: (slow) => {
      const rows = wanted();
      if (slow) learn(rows);
      return rows.map((row) => ({ ...row, pid: row.inode === undefined ? undefined : owners.get(row.inode) }));
    },
    watched: () => [],
    missing: () => {
      if (hidden === 0) return [];
      const held = hidden === 1 ? "1 listener is" : `${hidden} listeners are`;
      const reason = `${held} held by processes that cannot be seen from here (root sees more): state, CPU and descriptors unknown`;
      return [{ source: "/proc/PID/fd", reason }];
    },
  };
};
