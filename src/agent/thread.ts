// The observer's Worker, from the main thread: never keeps the process alive, never preloads what the application
// preloads, is started anew with growing pauses when it dies, and is given up when it keeps dying.
import { existsSync } from "node:fs";
import { join } from "node:path";
import timers from "node:timers";
import { type ResourceLimits, Worker, type WorkerOptions } from "node:worker_threads";
import { wantOfAddressSpace } from "./address-space.js";
import type { ObserverData, Report, Request } from "./messages.js";
import { createRestarts, type Restarts } from "./restarts.js";

export interface ThreadEvents {
  readonly report: (report: Report) => void;
  /** It died; `againMs`: when it is started anew, `undefined`: it is not. */
  readonly died: (reason: string, againMs: number | undefined) => void;
}

export interface Thread {
  post(request: Request): void;
  /** Resolves when the thread has ended and nothing of it is left. */
  stop(): Promise<void>;
}

/** Node's own: a test's fake clock counts none of ours, and one of a browser's kind has no `unref`. */
const { setTimeout, clearTimeout } = timers;

const limits: ResourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 2 };
const stopMs = 2000;

/** Throws where this process may start no Worker. `data` is asked again at each start. */
export const startThread = (
  data: () => ObserverData,
  events: ThreadEvents,
  pauseAfter: Restarts = createRestarts(),
): Thread => {
  let stopping = false;
  let worker = start();
  let again: NodeJS.Timeout | undefined;

  function start(): Worker {
    const file = join(__dirname, "observer.js");
    if (!existsSync(file)) throw new Error(`${file} is missing: sockscope cannot be bundled, mark it as external`);
    const want = wantOfAddressSpace();
    if (want !== undefined) throw new Error(want);
    const started = new Worker(file, { ...workerOptions(), workerData: data() });
    let reason = "it ended by itself";
    started.on("message", events.report);
    started.on("messageerror", () => undefined);
    started.on("error", (error) => {
      reason = String(error);
    });
    started.on("exit", () => {
      if (!stopping) died(reason);
    });
    // A byte that the thread prints (Node's own warnings under the permission model) would hold the port for good once
    // its stream is read, or waits to be (lib/internal/worker/io.js: ReadableWorkerStdio).
    started.stdout.destroy();
    started.stderr.destroy();
    // After the listeners: a 'message' listener holds the port.
    started.unref();
    return started;
  }
  function died(reason: string): void {
    const pauseMs = pauseAfter(performance.now());
    events.died(reason, pauseMs);
    if (pauseMs === undefined) return;
    again = setTimeout(() => {
      try {
        worker = start();
      } catch (error) {
        died(String(error));
      }
    }, pauseMs).unref();
  }

  return {
    post: (request) => worker.postMessage(request),
    async stop() {
      stopping = true;
      clearTimeout(again);
      if (worker.threadId < 0) return;
      const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
      // Whoever awaits the stop must not lose the process meanwhile; a thread that does not answer is ended.
      worker.ref();
      const force = setTimeout(() => void worker.terminate(), stopMs);
      worker.postMessage({ type: "stop" } satisfies Request);
      await ended;
      clearTimeout(force);
      worker.removeAllListeners();
    },
  };
};

// With options of its own the thread would not be under the permission model: there it inherits everything, and
// `register`, preloaded in it, sees by workerData where it is.
const workerOptions = (): WorkerOptions => ({
  name: "sockscope",
  stdout: true,
  stderr: true,
  resourceLimits: limits,
  ...(hasPermissionModel() ? {} : { execArgv: refusals(), env: observerEnvironment() }),
});

/** What was refused to the application is refused to the observer. */
const refusals = (): string[] => {
  const given = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? "").split(/\s+/)];
  return given.includes("--no-addons") ? ["--no-addons"] : [];
};

/** `process.permission` exists where the permission model is on. */
export const hasPermissionModel = (): boolean => Reflect.get(process, "permission") !== undefined;

// All options are resolved; NODE_OPTIONS must not reach it. Only test coverage is passed on.
const observerEnvironment = (): NodeJS.Dict<string> => {
  const { NODE_V8_COVERAGE } = process.env;
  return NODE_V8_COVERAGE === undefined ? {} : { NODE_V8_COVERAGE };
};
