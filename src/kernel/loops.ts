// The event loops of this process, seen from any thread: libuv uv_metrics_idle_time and uv_metrics_info.
// Nothing runs on the loops themselves.
import { readFileSync } from "node:fs";
import { threadId } from "node:worker_threads";
import { binding } from "../binding.js";

export interface Loop {
  /** Never used twice in a process. */
  readonly id: number;
  /** Kernel thread id. */
  readonly tid: number;
  /** `worker_threads.threadId`; 0: main thread. */
  readonly threadId: number;
  readonly main: boolean;
  /** Cumulative time in epoll_wait. Stands still while the loop is busy. */
  readonly idleMs: number;
  /** Iterations so far. Idle time still, count moving: saturated. Both still: blocked. */
  readonly iterations: number;
  /** The loop's epoll descriptor. */
  readonly backendFd: number;
}

const columns = 7;
let rows = new Float64Array(16 * columns);

/** Makes this thread's loop visible to `readLoops` until the thread ends. Its id; `undefined` without addon. */
export function registerLoop(): number | undefined {
  return binding?.registerLoop(threadId) || undefined;
}

/** So long this thread waits at its end, behind the end of what it has open; 0: not at all. */
export function lingerAtEnd(ms: number): void {
  binding?.lingerAtEnd(ms);
}

/** Kernel id of the calling thread, as in /proc/self/task. */
export function currentTid(): number | undefined {
  return binding?.gettid();
}

/** Time this thread has been on a CPU, ms: clock_gettime(2), CLOCK_THREAD_CPUTIME_ID. Without the addon: time passed. */
export function threadCpuMs(): number {
  return binding?.threadCpuMs() ?? performance.now();
}

/** All registered loops of this process. About 1 µs; waits for no loop. */
export function readLoops(): Loop[] {
  if (!binding) return [];
  let count = binding.readLoops(rows);
  if (count * columns > rows.length) {
    rows = new Float64Array(2 * count * columns);
    count = binding.readLoops(rows);
  }
  return Array.from({ length: count }, (_, i) => {
    const [id, tid, thread, main, idleMs, iterations, backendFd] = rows.subarray(i * columns, (i + 1) * columns);
    return {
      id: id!,
      tid: tid!,
      threadId: thread!,
      main: main === 1,
      idleMs: idleMs!,
      iterations: iterations!,
      backendFd: backendFd!,
    };
  });
}

/** Descriptors an epoll instance watches: `tfd:` lines of /proc/PID/fdinfo/N, proc_pid_fdinfo(5). */
export function parseEpollFdinfo(text: string): number[] {
  return Array.from(text.matchAll(/^tfd:\s*(\d+)/gm), (match) => Number(match[1]));
}

/**
 * Descriptor → id of the registered loop whose epoll watches it. One that no loop watches (just opened, accepting
 * paused) or that cannot be seen is missing.
 */
export function loopOfListeners(fds: readonly number[]): Map<number, number> {
  const wanted = new Set(fds);
  const found = new Map<number, number>();
  if (wanted.size === 0) return found;
  for (const loop of readLoops()) {
    let text = "";
    try {
      text = readFileSync(`/proc/self/fdinfo/${loop.backendFd}`, "latin1");
    } catch {
      // No /proc, or no descriptor left to read it with: this loop's listeners stay unknown.
    }
    for (const fd of parseEpollFdinfo(text)) if (wanted.has(fd)) found.set(fd, loop.id);
  }
  return found;
}
