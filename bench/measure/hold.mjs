// Holds connections over loopback in processes of their own (bench/raw/hold.c).
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { program } from "./raw.mjs";

/**
 * Opens connections that then do nothing, and resolves when all of them stand.
 * `connections`: so many, both ends held outside this process; `to`: only the client ends, to this port of 127.0.0.1;
 * `pending`: so many more that nobody accepts, on a listener of their own with `backlog`.
 * Returns `port`, `pendingPort`, and `stop()`, which closes all with RST, so that nothing stays in TIME-WAIT.
 */
export async function hold({ connections = 0, to, pending = 0, backlog = 511 }) {
  const args = ["-n", connections, "-q", pending, "-b", backlog, ...(to === undefined ? [] : ["-t", to])];
  const child = spawn(program("hold"), args.map(String), { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), "line").then(([text]) => text),
    exited.then(([code]) => Promise.reject(new Error(`hold ended with status ${code}`))),
  ]);
  return {
    ...JSON.parse(line),
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}
