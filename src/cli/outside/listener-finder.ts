// Which listeners are watched: those of a process (its descriptors' inodes), of a port, or all of the namespace.
import type { ListenerReading, Missing } from "../../snapshot/snapshot.js";
import type { Diag } from "../../kernel/index.js";
import { UsageError } from "../command.js";
import type { AgentSockets } from "./agent-sockets.js";
import type { Holders } from "./holders.js";

export interface ListenerFinder {
  read(): readonly ListenerReading[];
  missing(): readonly Missing[];
}

/** All listeners of the namespace, TCP and unix. */
export const listenersOf = (diag: Diag): readonly ListenerReading[] => [
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

/** Those that `wanted` chooses and a watched process holds, with who it is; without `agents`' own. */
export const findListeners = (
  diag: Diag,
  holders: Holders,
  wanted: (row: ListenerReading) => boolean = () => true,
  agents?: AgentSockets,
): ListenerFinder => {
  let hidden = 0;
  return {
    read: () => {
      const rows = listenersOf(diag).filter(wanted);
      holders.refresh(() => rows.flatMap(({ inode }) => inode ?? []));
      let unseen = 0;
      const held = rows.flatMap((row) => {
        const holder = row.inode === undefined ? undefined : holders.of(row.inode);
        if (!holder || agents?.has(holder.pid, row)) return [];
        if (holder.hidden) unseen += 1;
        return [{ ...row, pid: holder.pid, ...(holder.fd === undefined ? {} : { fd: holder.fd }) }];
      });
      hidden = Math.max(hidden, unseen);
      return held;
    },
    missing: () => {
      if (hidden === 0) return [];
      const held = hidden === 1 ? "1 listener is" : `${hidden} listeners are`;
      const why = process.getuid?.() === 0 ? "another PID namespace's" : "root sees more";
      const reason = `${held} held by processes that cannot be seen from here (${why}): state, CPU and descriptors unknown`;
      return [{ source: "/proc/PID/fd", reason }];
    },
  };
};

/** Throws `UsageError` when nothing listens there. */
export const requireListener = (diag: Diag, port: number): void => {
  if (!listenersOf(diag).some((row) => row.port === port))
    throw new UsageError(`nothing listens on port ${port} in this network namespace (for another one use --pid)`);
};
