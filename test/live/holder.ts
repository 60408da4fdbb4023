// Starts socket-holder.child and waits until it stands.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { ExecutionContext } from "ava";

export interface Holder {
  readonly child: ChildProcess;
  readonly pid: number;
  /** The server's port, or one client's own. */
  readonly port: number;
}

/** `enter`: what to put before the command to run it in another network namespace. */
export const startHolder = async (
  t: ExecutionContext,
  args: readonly (string | number)[],
  enter: readonly string[] = [],
): Promise<Holder> => {
  const script = join(__dirname, "socket-holder.child.js");
  const [file, ...words] = [...enter, process.execPath, script, ...args.map(String)];
  const child = spawn(file!, words, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  t.teardown(() => child.kill("SIGKILL"));
  const port = await new Promise<number>((resolve) => {
    child.once("message", (message: { readonly port: number }) => resolve(message.port));
  });
  return { child, pid: child.pid!, port };
};
