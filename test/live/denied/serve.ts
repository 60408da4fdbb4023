// The small application of every condition: says on stdout where it listens and what its agent can read, serves, blocks
// when it is told to, and ends with an exit code of its own, by itself.
import { writeSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { isMainThread } from "node:worker_threads";
import { type Agent, start, support } from "../../../src/index.js";

/** One line on stdout, a JSON object. */
export interface Said {
  readonly port?: number;
  readonly unavailable?: readonly string[];
  /** The agent has looked, and saw so many listeners. */
  readonly watched?: number;
  readonly status?: { readonly state: string; readonly reason?: string | undefined };
  readonly blocked?: number;
  readonly unblocked?: number;
}

export interface ServeOptions {
  /** Where the agent is that has a listener to see: `false` is another process. */
  readonly isWatched?: boolean | undefined;
  readonly beforeBlock?: (() => void) | undefined;
  /** When it is told to end. */
  readonly atEnd?: (() => void) | undefined;
}

/** What the server exits with: nobody else's code. */
export const ownCode = 7;
const blockMs = 1000;
const lookEveryMs = 20;

export const say = (said: Said): void => void writeSync(1, `${JSON.stringify(said)}\n`);

/** Busy from the loop's point of view, asleep from the CPU's: other conditions run beside this one. */
export function rebuildIndex(): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (const end = performance.now() + blockMs; performance.now() < end; ) Atomics.wait(cell, 0, 0, 100);
}

/** Says when the agent has looked. */
export const watch = (agent: Agent): void => {
  // Without a reading of listeners there is none to wait for.
  const { ok } = support();
  const timer = setInterval(() => {
    const listeners = agent.snapshot()?.listeners.length;
    if (listeners === undefined || (listeners === 0 && ok)) return;
    clearInterval(timer);
    say({ watched: listeners });
  }, lookEveryMs);
};

/** Resolves when the server has closed. */
export const serve = ({ isWatched = isMainThread, beforeBlock, atEnd }: ServeOptions = {}): Promise<void> =>
  new Promise((resolve) => {
    const agent = start().on("status", (status) => say({ status }));
    const server = createServer((request, response) => {
      if (request.url === "/block") {
        beforeBlock?.();
        say({ blocked: Date.now() });
        rebuildIndex();
        say({ unblocked: Date.now() });
      }
      response.end("served");
      if (request.url !== "/end") return;
      atEnd?.();
      process.exitCode = ownCode;
      server.close(() => resolve());
      server.closeAllConnections();
    });
    server.listen({ host: "127.0.0.1", port: 0, backlog: 4 }, () => {
      const { readings } = support();
      const unavailable = Object.keys(readings).filter((name) => readings[name]?.available !== true);
      say({ port: (server.address() as AddressInfo).port, unavailable });
      if (isWatched) watch(agent);
    });
  });
