// Runs the built command line as a user does, in a process of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

const main = join(__dirname, "../../src/cli/main.js");

export const startCli = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Running => {
  const began = performance.now();
  const { NODE_OPTIONS: _, FORCE_COLOR: __, ...own } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...own, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (status) => resolve({ status, stdout, stderr, ms: performance.now() - began }));
  });
  return { child, ended };
};

export const runCli = (...args: readonly string[]): Promise<Ended> => startCli(args).ended;
