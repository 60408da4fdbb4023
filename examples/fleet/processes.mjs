// The processes of the fleet and what they write: all in one folder, all ended by their own pid.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Where `sockscope` resolves to this package. */
export const root = resolve(import.meta.dirname, "../..");
export const folder = mkdtempSync(join(tmpdir(), "sockscope-fleet-"));
const children = new Set();

/** Without what a user has set for servers of their own. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("SOCKSCOPE") && name !== "NODE_OPTIONS"),
);

/** The first of these programs that is installed. */
export const program = (...names) => names.find((name) => spawnSync(name, ["--version"]).status === 0);

/** Starts a program; what it prints goes to NAME.log in the folder. */
export const start = (name, command, args, env = {}) => {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...environment, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = createWriteStream(join(folder, `${name}.log`));
  for (const stream of [child.stdout, child.stderr]) stream.pipe(log, { end: false });
  children.add(child);
  child.once("error", () => children.delete(child));
  child.once("exit", () => children.delete(child));
  return child;
};

/** The last that a program said. */
export const lastWords = (name) =>
  readFileSync(join(folder, `${name}.log`), "utf8")
    .trim()
    .split("\n")
    .slice(-3);

/** Ends all of them, kindly at first, and removes what they wrote. */
export const stopAll = async () => {
  const gone = [...children].map(async (child) => {
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    const hurry = setTimeout(() => child.kill("SIGKILL"), 3000);
    await exited;
    clearTimeout(hurry);
  });
  await Promise.all(gone);
  rmSync(folder, { recursive: true, force: true });
};

// Whatever ends this process ends them.
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Ports that nobody listens on, each another. */
export const freePorts = async (count) => {
  const probes = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(probes.map((probe) => once(probe, "listening")));
  const ports = probes.map((probe) => probe.address().port);
  for (const probe of probes) probe.close();
  return ports;
};

/** What `look` returns, as soon as it is something. */
export const until = async (what, look, deadlineMs = 30_000) => {
  for (const end = performance.now() + deadlineMs; performance.now() < end; await pause(100)) {
    const seen = await look();
    if (seen) return seen;
  }
  throw new Error(`${what}: not within ${deadlineMs / 1000} s`);
};
