// Clients in a process of their own, and waiting for what they cause without letting this loop turn: as long as
// a test does not return to the loop, nothing is accepted.
import { spawn } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import type { ExecutionContext } from "ava";
import { packageRoot } from "../package-root.js";

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Blocks this thread until `look` gives a value that is not false; fails after `deadlineMs`. */
export const untilSync = <T>(what: string, look: () => T | false | undefined, deadlineMs = 8000): T => {
  for (const end = Date.now() + deadlineMs; Date.now() < end; Atomics.wait(sleeper, 0, 0, 5)) {
    const seen = look();
    if (seen !== false && seen !== undefined) return seen;
  }
  throw new Error(`not within ${deadlineMs} ms: ${what}`);
};

/** Starts so many clients; works while the loop is blocked. The function returned closes them at once. */
export const holdClients = (t: ExecutionContext, count: number, ...target: (string | number)[]): (() => void) => {
  const args = [`${packageRoot}/test/live/clients.py`, ...[count, ...target].map(String)];
  const child = spawn("python3", args, { stdio: ["pipe", "ignore", "inherit"] });
  const end = (): boolean => child.kill("SIGKILL");
  t.teardown(end);
  return end;
};

/** A listening server that is closed with the test. */
export const listening = async (t: ExecutionContext, options: net.ListenOptions): Promise<net.Server> => {
  const open = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined);
  });
  server.listen(options);
  await once(server, "listening");
  t.teardown(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return server;
};

export const portOf = (server: net.Server): number => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP server");
  return address.port;
};
