// One end of the application, and whether it is the one that it has without the agent.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { packageRoot } from "../../package-root.js";
import { compiled } from "../root.js";
import { type Moment, type Phase, type PhaseName, phases } from "./phases.js";

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From when it said that it ends until it was gone. */
  readonly tookMs: number;
  /** Lines of the log. */
  readonly lines: number;
  readonly brokenLines: readonly string[];
  /** Node's own, where a session of an inspector is open at the end. */
  readonly saysDebugger: boolean;
}

/** Then it is killed. */
const mostMs = 20_000;
/** Longer than a busy machine makes any of them: `stop()` alone waits two seconds for a thread that does not answer. */
const atOnceMs = 5000;
const debuggerLine = "Waiting for the debugger to disconnect...\n";
/** A Worker's error is told on a stack that depends on what its parent was just doing. */
const internalFrames = /^ +at .*\(node:internal\/.*\)\n/gm;

/** Its path and its major version. */
export interface Binary {
  readonly path: string;
  readonly major: number;
}

const permissionsOf = ({ major }: Binary): readonly string[] => [
  major < 22 ? "--experimental-permission" : "--permission",
  "--allow-fs-read=*",
  "--allow-worker",
  "--allow-addons",
  ...(major < 26 ? [] : ["--allow-net"]),
];

export const endOnce = async (
  node: Binary,
  name: PhaseName,
  { how, delayMs, stopAfterMs }: Moment,
  withAgent: boolean,
): Promise<Ended> => {
  const phase: Phase = phases[name];
  const folder = mkdtempSync(join(tmpdir(), "sockscope-exits-"));
  const log = join(folder, "log.ndjson");
  const flags = [
    ...(phase.permissions ? permissionsOf(node) : []),
    ...(withAgent && phase.by === "register" ? ["--import", join(packageRoot, "dist/register.js")] : []),
  ];
  const given = { SOCKSCOPE_LOG: phase.log ? log : "off", ...phase.env, AGENT: withAgent ? phase.by : "none" };
  try {
    const args = [...flags, compiled("exits/app.js"), name, how, String(delayMs), String(stopAfterMs)];
    const ran = await run(node.path, args, { ...process.env, ...given });
    return { ...ran, ...linesOf(log) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const run = (
  path: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Omit<Ended, "lines" | "brokenLines">> =>
  new Promise((resolve, reject) => {
    const child = spawn(path, args, {
      env,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      timeout: mostMs,
      killSignal: "SIGKILL",
    });
    let [stdout, stderr, saidAt, tookMs] = ["", "", performance.now(), 0];
    child.stdout!.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr!.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    (child.stdio[3] as Readable).on("data", () => {
      saidAt = performance.now();
    });
    child.on("exit", () => {
      tookMs = performance.now() - saidAt;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const told = stderr.replaceAll(debuggerLine, "");
      resolve({
        code,
        signal,
        stdout,
        stderr: told.replace(/\(node:\d+\)/g, "(node:PID)").replace(internalFrames, ""),
        tookMs,
        saysDebugger: told !== stderr,
      });
    });
  });

const linesOf = (log: string): Pick<Ended, "lines" | "brokenLines"> => {
  let text: string;
  try {
    text = readFileSync(log, "utf8");
  } catch {
    return { lines: 0, brokenLines: [] };
  }
  const lines = text.split("\n");
  // Behind the last line nothing stands.
  const broken = lines.filter((line, n) => (n === lines.length - 1 ? line !== "" : !isJson(line)));
  return { lines: lines.length - 1, brokenLines: broken };
};

const isJson = (line: string): boolean => {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
};

/** What is other than without the agent; `undefined`: nothing. */
export const differenceOf = (ended: Ended, alone: Ended): string | undefined => {
  const seen = ({ code, signal, stdout, stderr }: Ended): string => JSON.stringify({ code, signal, stdout, stderr });
  if (ended.brokenLines.length > 0) return `lines of the log that are not whole: ${ended.brokenLines.join(" | ")}`;
  if (ended.tookMs > atOnceMs) return `it took ${Math.round(ended.tookMs)} ms to end`;
  return seen(ended) === seen(alone) ? undefined : `${seen(ended)}\n    without the agent: ${seen(alone)}`;
};
