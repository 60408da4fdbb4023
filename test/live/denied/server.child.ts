// The application of a condition: `server.child.js [WAY]`, where a way is how the server is run.
import { type ChildProcess, fork, spawn } from "node:child_process";
import cluster from "node:cluster";
import { closeSync, openSync, readFileSync } from "node:fs";
import { Session } from "node:inspector";
import { Server } from "node:net";
import { isMainThread, Worker } from "node:worker_threads";
import { start } from "../../../src/index.js";
import { serve, watch } from "./serve.js";

const stdio = "inherit";
/** Longer than the observer's thread needs to start. */
const exhaustedMs = 500;

/** Takes every descriptor that is left, and gives them back. */
const exhaust = (): (() => void) => {
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync("/dev/null", "r"));
  } catch {
    return () => {
      for (const fd of taken.splice(0)) closeSync(fd);
    };
  }
};

/** `isWatched`: the worker has the listener. */
const inCluster = (isWatched: boolean): void => {
  cluster.schedulingPolicy = isWatched ? cluster.SCHED_NONE : cluster.SCHED_RR;
  if (cluster.isWorker) return void serve({ isWatched }).then(() => cluster.worker?.disconnect());
  if (!isWatched) watch(start());
  cluster.fork();
  cluster.on("exit", (_, code) => {
    process.exitCode = code;
  });
};

/** Ends as its child has ended. */
const mirror = (child: ChildProcess): void =>
  void child.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });

/** Children that come and go, of which some have an agent. */
const storm = (): void => {
  const one = (left: number, command: string, ...args: string[]): void => {
    if (left > 0) spawn(command, args, { stdio }).on("exit", () => one(left - 1, command, ...args));
  };
  for (let n = 0; n < 4; n += 1) one(25, "true");
  for (let n = 0; n < 2; n += 1) one(2, process.execPath, ...process.execArgv, "-e", "0");
};

/** Memory that is really used, until the process has so much of it (proc_pid_status(5): RssAnon). */
const fill = (bytes: number): readonly Buffer[] => {
  const taken: Buffer[] = [];
  const used = (): number => 1024 * Number(/^RssAnon:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1]);
  while (used() < bytes) taken.push(Buffer.alloc(1 << 20, 1));
  return taken;
};

const ways: Readonly<Record<string, () => void>> = {
  plain: () => void serve(),
  "no-fds-at-start": () => {
    const free = exhaust();
    start();
    setTimeout(() => {
      free();
      void serve();
    }, exhaustedMs);
  },
  "no-fds": () => {
    let free = (): void => undefined;
    void serve({
      beforeBlock: () => {
        free = exhaust();
      },
    });
    process.stdin.on("end", () => free()).resume();
  },
  "near-limit": () => {
    const taken: Buffer[] = [];
    void serve({ beforeBlock: () => void taken.push(...fill(Number(process.env.FILLED_MB) * 2 ** 20)) });
  },
  worker: () => {
    if (!isMainThread) return void serve();
    watch(start());
    new Worker(__filename, { argv: ["worker"] }).on("exit", (code) => {
      process.exitCode = code;
    });
  },
  cluster: () => inCluster(true),
  "round-robin": () => inCluster(false),
  fork: () => mirror(fork(__filename, ["plain"], { stdio: [0, 1, 2, "ipc"] })),
  managed: () => {
    const env = { ...process.env, pm_exec_path: __filename };
    mirror(fork(require.resolve("./container.child.js"), ["plain"], { env, stdio: [0, 1, 2, "ipc"] }));
  },
  chdir: () => {
    void serve();
    process.chdir("/");
  },
  frozen: () => {
    Object.freeze(Server.prototype);
    void serve();
  },
  storm: () => {
    storm();
    void serve();
  },
  debugged: () => {
    const session = new Session();
    session.connect();
    session.post("Debugger.enable");
    void serve({ atEnd: () => session.disconnect() });
  },
};

ways[process.argv[2] ?? "plain"]?.();
