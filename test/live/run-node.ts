// Runs a Node program to its end, as an application that loads the agent, and tells how it went.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export const runNode = (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
  cwd?: string,
): Promise<Ran> => runCommand([process.execPath, ...args], env, cwd);

/** The same for any command. */
export const runCommand = (
  [file, ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
  cwd?: string,
): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(file!, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 30_000,
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr, ms: performance.now() - began }));
  });

/** Writes the program to a folder of its own, runs `use`, and removes it. */
export const withProgram = async <T>(name: string, source: string, use: (file: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-app-"));
  const file = join(folder, name);
  writeFileSync(file, source);
  try {
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
