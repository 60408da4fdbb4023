// Whose a socket is: by its inode among the descriptors of the watched process, or of whatever process has it.
import { createBudget } from "../../agent/pace.js";
import { errorCode } from "../../errors.js";
import { UsageError } from "../command.js";
import { ownersOf, socketsOf } from "./socket-owners.js";

export interface Holder {
  readonly pid?: number | undefined;
  readonly fd?: number | undefined;
  /** It was looked for, and is held by a process that cannot be seen from here. */
  readonly hidden?: boolean | undefined;
}

export interface Holders {
  /** `undefined`: not of a watched process, or not looked for yet. */
  of(inode: number): Holder | undefined;
  /** Looks through /proc again when it is time: `wanted` are the sockets whose holder is of interest. */
  refresh(wanted: () => Iterable<number>): void;
  /** The watched process has ended. */
  readonly gone: boolean;
}

/** The part of a core that looking through /proc may take, and how often it is wanted. */
const share = 0.02;
const everyMs = 250;

const lookAt = (pid: number): ReadonlyMap<number, number> => {
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

/** The sockets of one process. Throws `UsageError` when there is none, or it may not be looked at. */
export const holdersOfProcess = (pid: number): Holders => {
  const budget = createBudget(share);
  const now = (): number => performance.now();
  let gone = false;
  let sockets = budget.spend(now(), () => lookAt(pid));
  return {
    of: (inode) => {
      const fd = sockets.get(inode);
      return fd === undefined ? undefined : { pid, fd };
    },
    refresh: () => {
      if (!budget.isDue(now(), everyMs)) return;
      try {
        sockets = budget.spend(now(), () => socketsOf(pid));
        gone = false;
      } catch {
        gone = true;
      }
    },
    get gone(): boolean {
      return gone;
    },
  };
};

/** Those of listeners, then of connections: nobody has to wait for the first of them. */
const walksAtOnce = 2;

/** More sockets than this are not remembered. */
const maxKnown = 65_536;

/** Any socket; whose it is has to be looked for. */
export const holdersOfAll = (): Holders => {
  const budget = createBudget(share);
  const now = (): number => performance.now();
  const known = new Map<number, Holder>();
  let walks = 0;
  return {
    of: (inode) => known.get(inode),
    refresh: (wanted) => {
      if (walks >= walksAtOnce && !budget.isDue(now(), everyMs)) return;
      const unknown = new Set<number>();
      for (const inode of wanted()) if (!known.has(inode)) unknown.add(inode);
      if (unknown.size === 0) return;
      walks += 1;
      const { pids } = budget.spend(now(), () => ownersOf(unknown));
      if (known.size + unknown.size > maxKnown) known.clear();
      for (const inode of unknown) {
        const pid = pids.get(inode);
        known.set(inode, pid === undefined ? { hidden: true } : { pid });
      }
    },
    gone: false,
  };
};
