// What a condition is, how its server is run, and what came of it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import net from "node:net";
import type { Symptom } from "../../../src/explain/finding.js";
import type { Finding } from "../../../src/index.js";
import { eventually } from "../../lab/eventually.js";
import { register } from "../../lab/root.js";
import type { Said } from "./serve.js";

/** Where one condition runs: a folder of its own, removed afterwards. */
export interface Ground {
  readonly folder: string;
}

export interface Condition {
  readonly name: string;
  /** In words, for the page. */
  readonly how: string;
  /** Namespaces, mounts and other users are made: root alone may. */
  readonly asRoot?: true | undefined;
  /** What is needed beyond that is there. */
  readonly isPossible?: (() => boolean) | undefined;
  /** Before the command: what denies. */
  readonly wrap?: readonly string[] | undefined;
  /** Options of Node. */
  readonly flags?: readonly string[] | undefined;
  /** `false`: the application starts its agent itself, nothing is preloaded. */
  readonly preload?: false | undefined;
  /** How the server is run (server.child.ts). */
  readonly way?: string | undefined;
  /** In place of all that: the whole command. */
  readonly command?: ((ground: Ground) => readonly string[]) | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Lines of stderr that are not the agent's: of Node, of the test runner. */
  readonly others?: RegExp | undefined;
  /** When all its processes have ended. */
  readonly after?: (() => Promise<unknown>) | undefined;
  readonly works: Works;
}

/** What still works. */
export interface Works {
  /** The overflow of a blocked loop: named while it is blocked, named afterwards, or not seen. */
  readonly finding: "while blocked" | "afterwards" | "no";
  /** What the crowd meets in place of an overflow. */
  readonly symptom?: Symptom | undefined;
  /** What may be named as its cause; the loop stood, and others may have the CPUs. */
  readonly causes?: readonly string[] | undefined;
  /** The JavaScript that blocks is named. */
  readonly stack: boolean;
  /** Readings that `support()` calls unavailable because of the condition. */
  readonly missing?: readonly string[] | undefined;
  /** What is said of it in a line of its own on stderr; without it nothing is said. */
  readonly told?: RegExp | undefined;
  /** Other than its own: that of a test runner. */
  readonly code?: number | undefined;
}

export interface Outcome {
  readonly served: boolean;
  readonly code: number | null;
  readonly signal: string | null;
  readonly unavailable: readonly string[];
  readonly finding: Finding | undefined;
  /** The frame that names what blocks. */
  readonly blocking: string | undefined;
  readonly when: Works["finding"];
  /** Reasons of status lines, and lines of the agent that are no JSON. */
  readonly told: readonly string[];
  /** Whatever else is on stderr. */
  readonly stray: readonly string[];
  readonly log: string;
}

interface Line {
  readonly time: number;
  readonly name: string;
  readonly finding?: Finding;
  readonly status?: { readonly state: string; readonly reason?: string };
}

const program = require.resolve("./server.child.js");
const callers = 24;
const intervalMs = 200;
/** An interval for the finding, and one for what it learns. */
const findingMs = 5000;
const deadlineMs = 40_000;

export const commandOf = (condition: Condition, ground: Ground): readonly string[] => {
  const { wrap = [], flags = [], preload = true, way = "plain", command } = condition;
  const node = command?.(ground) ?? [process.execPath, ...flags, ...(preload ? ["-r", register] : []), program, way];
  return [...wrap, ...node];
};

/** The body of one request; `undefined` where there was none. */
const ask = (port: number, path: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const request = http.get({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve(text));
    });
    request.on("error", () => resolve(undefined));
  });

/** The lines that are JSON objects. */
const objects = (text: string): readonly unknown[] =>
  text
    .split("\n")
    .slice(0, -1)
    .filter((line) => line.startsWith("{"))
    .map((line): unknown => JSON.parse(line));
const linesOf = (log: string): readonly Line[] => objects(log) as readonly Line[];

/** More callers than the queue takes, while nobody accepts. */
const crowd = (port: number): (() => void) => {
  const sockets = Array.from({ length: callers }, () => net.connect(port, "127.0.0.1").on("error", () => undefined));
  return () => {
    for (const socket of sockets) socket.destroy();
  };
};

/** Runs the server to its end: is served, blocks it while a crowd comes, and tells it to end. */
export const observed = async (condition: Condition, ground: Ground): Promise<Outcome> => {
  const [file = "", ...args] = commandOf(condition, ground);
  const env = { ...process.env, SOCKSCOPE_INTERVAL_MS: String(intervalMs), ...condition.env };
  const child = spawn(file, args, { cwd: ground.folder, env, stdio: "pipe", detached: true });
  let [out, log] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const closed = once(child, "close");
  const said = <Key extends keyof Said>(key: Key): Said[Key] | undefined =>
    (objects(out) as readonly Said[]).findLast((one) => one[key] !== undefined)?.[key];
  const wait = <Key extends keyof Said>(key: Key) =>
    eventually(
      `"${key}"`,
      () => {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`it ended before "${key}": ${out} ${log}`);
        return said(key);
      },
      deadlineMs,
    );
  try {
    const port = await wait("port");
    await wait("watched");
    const before = await ask(port!, "/");
    const answer = ask(port!, "/block");
    await wait("blocked");
    const leave = crowd(port!);
    const unblocked = Number(await wait("unblocked"));
    const { finding, stack, symptom = "accept-queue-overflow" } = condition.works;
    const found = () => metIn(linesOf(log), symptom);
    const isWhole = () => found() !== undefined && (!stack || blockingIn(linesOf(log)) !== undefined);
    if (finding !== "no") await eventually("what works", isWhole, findingMs).catch(() => undefined);
    await answer;
    leave();
    // Who holds something until the crowd has come gives it back now.
    child.stdin.end();
    // The first call may still meet a process without a descriptor.
    const after = await eventually("told to end", () => ask(port!, "/end"), deadlineMs);
    await Promise.race([closed, delay(deadlineMs, undefined, { ref: false })]);
    const line = found();
    const when = line === undefined ? "no" : line.time <= unblocked ? "while blocked" : "afterwards";
    const lines = log.split("\n").filter((text) => text !== "" && !text.startsWith("{"));
    return {
      served: before === "served" && after === "served",
      code: child.exitCode,
      signal: child.signalCode,
      unavailable: said("unavailable") ?? [],
      finding: line?.finding,
      blocking: blockingIn(linesOf(log)),
      when,
      told: [
        ...linesOf(log).flatMap(({ status }) => status?.reason ?? []),
        ...lines.filter((text) => text.startsWith("sockscope: ")),
      ],
      stray: lines.filter((text) => !text.startsWith("sockscope: ") && condition.others?.test(text) !== true),
      log,
    };
  } finally {
    endAll(child.pid!);
  }
};

/** The whole process group: what the server started ends with it. */
const endAll = (group: number): void => {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // All have ended.
  }
};

const blockingIn = (lines: readonly Line[]): string | undefined =>
  lines.flatMap(({ finding }) => finding?.stack ?? []).find((frame) => frame.includes("rebuildIndex"));

interface Met {
  readonly time: number;
  readonly finding: Finding;
}

/** What the crowd met. Others in the same network namespace may be met by other things. */
const metIn = (lines: readonly Line[], symptom: Symptom): Met | undefined =>
  lines.flatMap(({ time, finding }) => (finding?.symptom === symptom ? [{ time, finding }] : []))[0];
