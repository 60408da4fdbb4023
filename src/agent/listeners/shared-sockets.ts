// Who reports a listening socket that several processes hold (cluster SCHED_NONE, a descriptor handed to children),
// found without a word between them, from /proc (proc_pid_fd(5), epoll's fdinfo):
//
//   Of the related processes (parent, siblings, children) that run an agent and hold the socket, those that wait for
//   its connections in an epoll come before those that merely hold it (a cluster primary); the lowest pid wins.
//
// An agent is known by the name of its thread. The loser leaves the listener out; each looks again every few seconds,
// so that another one takes over when the reporter ends.
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";

/** The observer thread's name, as `ps -L` and `top -H` show it (at most 15 bytes). */
export const threadName = "sockscope";

/** Lets others see that an agent runs in this process. Needs /proc; without it a shared socket is reported twice. */
export const nameThread = (): void => {
  try {
    writeFileSync("/proc/thread-self/comm", threadName);
  } catch {
    // No /proc, or a name that may not be set: only the choice among processes is lost.
  }
};

/**
 * Whether another process reports the socket with this inode. `accepts`: a loop of this process waits for it.
 * Cheap where the parent does not hold it and no child runs an agent.
 */
export const isReportedElsewhere = (inode: number, accepts: boolean): boolean =>
  relatives(inode).some((pid) => {
    if (!runsAgent(pid)) return false;
    const use = useOf(pid, inode);
    return use !== "none" && (use === "accepts") === accepts ? pid < process.pid : use === "accepts";
  });

/** A socket comes from the parent or goes to children; only one that the parent holds can be a sibling's too. */
const relatives = (inode: number): number[] => {
  const { pid, ppid } = process;
  const family = ppid > 1 && useOf(ppid, inode) !== "none" ? [ppid, ...childrenOf(ppid)] : [];
  return [...family, ...childrenOf(pid)].filter((relative) => relative !== pid);
};

const list = (path: string): string[] => {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
};
const text = (path: string): string => {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
};
const link = (path: string): string => {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
};

// A child belongs to the thread that forked it: Node forks on the thread that called.
const childrenOf = (pid: number): number[] =>
  list(`/proc/${pid}/task`)
    .flatMap((tid) => text(`/proc/${pid}/task/${tid}/children`).split(" "))
    .map(Number)
    .filter((child) => child > 0);

const runsAgent = (pid: number): boolean =>
  list(`/proc/${pid}/task`).some((tid) => text(`/proc/${pid}/task/${tid}/comm`).trim() === threadName);

const useOf = (pid: number, inode: number): "none" | "holds" | "accepts" => {
  const links = list(`/proc/${pid}/fd`).map((fd) => [fd, link(`/proc/${pid}/fd/${fd}`)] as const);
  const sockets = new Set(links.filter(([, to]) => to === `socket:[${inode}]`).map(([fd]) => Number(fd)));
  if (sockets.size === 0) return "none";
  const polls = links.filter(([, to]) => to === "anon_inode:[eventpoll]");
  return polls.some(([fd]) => watches(text(`/proc/${pid}/fdinfo/${fd}`), sockets)) ? "accepts" : "holds";
};

/** Whether epoll's fdinfo (`tfd:       21 events: …`) names one of these descriptors. */
const watches = (fdinfo: string, fds: ReadonlySet<number>): boolean =>
  [...fdinfo.matchAll(/^tfd:\s+(\d+) /gm)].some(([, fd]) => fds.has(Number(fd)));
