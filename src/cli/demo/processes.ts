// The processes of a demo: the server with sockscope loaded as a user loads it, and the clients. Both end with the demo.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import type { Finding } from "../../explain/finding.js";
import { UsageError } from "../command.js";
import type { ClientTally, LoadPlan, ServerPlan } from "./plan.js";

const startDeadlineMs = 8000;
/** How long the observer may take to say that it runs; the demo then goes on without its word. */
const observerPatienceMs = 3000;
const stopDeadlineMs = 1000;

/** A user's own SOCKSCOPE_* and NODE_OPTIONS must not change what the demo shows. */
const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("SOCKSCOPE") && name !== "NODE_OPTIONS"),
  );

export interface DemoServer {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
  signal(name: "SIGSTOP" | "SIGCONT"): void;
  /** At once, without waiting. */
  readonly kill: () => void;
}

export interface ServerEvents {
  finding(finding: Finding): void;
  /** A line on its stderr that is no log line of sockscope, or sockscope saying what it lacks. */
  complaint(line: string): void;
}

const commandOf = (plan: ServerPlan): readonly [string, ...string[]] => {
  const args = ["--import", join(__dirname, "../../register.js"), join(__dirname, "search-server.js")];
  const command = [process.execPath, ...args, JSON.stringify(plan)] as const;
  if (plan.openFiles === undefined) return [...command];
  return ["/bin/sh", "-c", `ulimit -n ${plan.openFiles} && exec "$0" "$@"`, ...command];
};

/**
 * Starts the server and resolves when it listens and is observed. Throws `UsageError` with the server's own words
 * when it does not listen.
 */
export const startServer = async (plan: ServerPlan, events: ServerEvents): Promise<DemoServer> => {
  const [file, ...args] = commandOf(plan);
  // At the sample level the observer also says when it runs: nothing is to happen before.
  const env = { ...cleanEnvironment(), SOCKSCOPE_LOG_LEVEL: "sample" };
  const child = spawn(file, args, { env, stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const words: string[] = [];
  const complain = (line: string): void => {
    words.push(line);
    events.complaint(line);
  };
  const observed = new Promise<void>((resolve) => {
    createInterface({ input: child.stderr! }).on("line", (line) => {
      const entry = readLogLine(line);
      if (!entry) return complain(line);
      if (entry.event === "finding" && entry.finding) events.finding(entry.finding);
      if (entry.status?.state === "degraded") complain(`sockscope: ${entry.status.reason ?? "degraded"}`);
      if (entry.event === "status") resolve();
    });
  });
  const port = await portOf(child).catch((error: Error) => {
    child.kill("SIGKILL");
    const reason = words.find((line) => /^\w*Error\b/.test(line)) ?? words.at(-1);
    throw new UsageError(`the demo's server did not start: ${[error.message, reason].filter(Boolean).join(", ")}`);
  });
  await Promise.race([observed, wait(observerPatienceMs, undefined, { ref: false })]);
  return {
    pid: child.pid!,
    port,
    stop: () => stop(child),
    kill: () => void child.kill("SIGKILL"),
    signal: (name) => void child.kill(name),
  };
};

export interface LogEntry {
  readonly event: string;
  readonly finding?: Finding | undefined;
  readonly status?: { readonly state: string; readonly reason?: string | undefined } | undefined;
}

/** A log line of sockscope (pino-shaped, `name: "sockscope"`), `undefined` for every other line. */
export const readLogLine = (line: string): LogEntry | undefined => {
  try {
    const entry: LogEntry & { readonly name: string } = JSON.parse(line);
    return entry.name === "sockscope" ? entry : undefined;
  } catch {
    return undefined;
  }
};

const portOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not listening after ${startDeadlineMs} ms`)), startDeadlineMs);
    const settle = (act: () => void) => () => {
      clearTimeout(timer);
      act();
    };
    child.on("message", (message: { readonly port: number }) => settle(() => resolve(message.port))());
    child.once("error", (error) => settle(() => reject(error))());
    child.once("exit", (code, signal) => settle(() => reject(new Error(`it ended with ${signal ?? code}`)))());
  });

export interface DemoClients {
  tally(): ClientTally;
  stop(): Promise<void>;
  readonly kill: () => void;
}

export const startClients = (port: number, plan: LoadPlan): DemoClients => {
  const child = spawn(process.execPath, [join(__dirname, "clients.js"), JSON.stringify({ port, plan })], {
    env: cleanEnvironment(),
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  let latest: ClientTally = { opened: 0, answered: 0, cut: 0, waiting: 0, medianMs: 0, slowestMs: 0, overSecond: 0 };
  child.on("message", (message: ClientTally) => {
    latest = message;
  });
  child.on("error", () => {});
  return { tally: () => latest, stop: () => stop(child), kill: () => void child.kill("SIGKILL") };
};

/** SIGTERM, then SIGKILL; a stopped process needs SIGCONT to hear the first. */
const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  child.kill("SIGCONT");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopDeadlineMs);
  await exited;
  clearTimeout(timer);
};
