// A cgroup v1 whose TCP buffers are limited (memory.kmem.tcp.limit_in_bytes).
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Defer } from "./command.js";

const root = "/sys/fs/cgroup/memory";

export const canLimitTcpMemory = (): boolean => existsSync(join(root, "memory.kmem.tcp.limit_in_bytes"));

/** Puts a process into a cgroup of its own, for the sockets that it makes from now on; the result sets the limit. */
export const tcpMemoryFor = (defer: Defer, pid: number): ((bytes: number) => void) => {
  const home = /^\d+:memory:(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1] ?? "/";
  const folder = join(root, home, `sockscope-${process.pid}-${pid}`);
  mkdirSync(folder);
  defer(() => {
    for (const left of readFileSync(join(folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean))
      writeFileSync(join(root, home, "cgroup.procs"), left);
    rmdirSync(folder);
  });
  writeFileSync(join(folder, "cgroup.procs"), String(pid));
  return (bytes) => writeFileSync(join(folder, "memory.kmem.tcp.limit_in_bytes"), String(bytes));
};
