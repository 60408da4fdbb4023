// What stands between a connection and accept(): one entry per cause. `begin` resolves when the fault holds; the
// function it returns ends it and resolves when the server is on its feet again.
import { readFileSync } from "node:fs";
import type { Program } from "./child.js";
import type { Defer } from "./command.js";
import { quotaFor, starve } from "./cpu.js";
import { eventually } from "./eventually.js";

export type HeldCause = "process-stopped" | "cpu-throttled" | "cpu-starved" | "event-loop-blocked" | "not-accepting";

export interface Fault {
  /** The observer goes on while the fault holds, so the finding must come then. */
  readonly live: boolean;
  begin(defer: Defer, server: Program, holdMs: number): Promise<() => Promise<void>>;
}

const order = async (server: Program, kind: string, ms: number): Promise<() => Promise<void>> => {
  server.tell({ kind, ms });
  await server.hear(`${kind}:begun`);
  return async () => void (await server.hear(`${kind}:done`, 20_000));
};

const stateOf = (pid: number): string => /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1] ?? "";

export const faults: Readonly<Record<HeldCause, Fault>> = {
  "process-stopped": {
    live: false,
    begin: async (_defer, server) => {
      process.kill(server.pid, "SIGSTOP");
      await eventually("state T", () => stateOf(server.pid) === "T");
      return async () => void process.kill(server.pid, "SIGCONT");
    },
  },
  // at a tenth of a CPU, for as long as the fault holds: how fast it is then worked off must not decide that
  "cpu-throttled": {
    live: false,
    begin: async (defer, server, holdMs) => {
      const quota = quotaFor(defer, server.pid);
      quota(0.1);
      const done = await order(server, "compute", holdMs);
      return async () => {
        await done();
        quota(undefined);
      };
    },
  },
  "cpu-starved": {
    live: false,
    begin: async (defer, server, holdMs) => {
      const release = await starve(defer, server.pid);
      const done = await order(server, "compute", holdMs);
      return async () => {
        await done();
        await release();
      };
    },
  },
  "event-loop-blocked": { live: true, begin: (_defer, server, holdMs) => order(server, "block", holdMs) },
  // the socket is inherited and nobody accepts until the server is told that it has it
  "not-accepting": {
    live: true,
    begin: async (_defer, server) => async () => {
      server.tell({ kind: "listen", listener: { kind: "tcp", fd: 10 } });
      await server.hear("listen:done");
    },
  },
};
