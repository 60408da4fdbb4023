// What a user gets: the tarball of `npm pack`, installed by npm into an empty folder.
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../package-root.js";

/** npm's own program: what is called `npm` in PATH. */
const npmProgram = execFileSync("sh", ["-c", 'readlink -f "$(command -v npm)"'], { encoding: "utf8" }).trim();

export const npmVersion = (): string => execFileSync(process.execPath, [npmProgram, "--version"], { encoding: "utf8" });

/** The tarball is complete only where the addon for the other architecture can be compiled. */
export const packsWhole: boolean =
  spawnSync("aarch64-linux-gnu-g++", ["--version"]).error === undefined || process.env.SOCKSCOPE_REQUIRE_ALL === "1";

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Waits without holding the loop: ava must hear that the test takes its time. */
const node = (cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env, encoding: "utf8", timeout: 240_000 }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });

/** The path of the tarball as `npm pack` writes it; without the cross compiler it has this machine's addon alone. */
export const pack = async (into: string): Promise<string> => {
  if (!packsWhole) await node(packageRoot, ["scripts/prebuild.mjs", process.arch]);
  const scripts = packsWhole ? [] : ["--ignore-scripts"];
  const args = [npmProgram, "pack", "--json", ...scripts, "--pack-destination", into];
  const { status, stdout, stderr } = await node(packageRoot, args);
  if (status !== 0) throw new Error(stderr);
  const packed = JSON.parse(stdout) as unknown;
  const [tarball] = (Array.isArray(packed) ? packed : Object.values(packed as object)) as { filename: string }[];
  return join(into, tarball!.filename);
};

/** A folder with nothing in it but package.json, and a `bin` with Node and a shell: no compiler, no make, no Python. */
export const emptyProject = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-package-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "host", private: true }));
  mkdirSync(join(folder, "bin"));
  symlinkSync(process.execPath, join(folder, "bin/node"));
  symlinkSync("/bin/sh", join(folder, "bin/sh"));
  return folder;
};

export interface Installed {
  readonly status: number | null;
  /** What npm said on stderr, without its complaints about this machine's own npmrc. */
  readonly warnings: readonly string[];
}

export const install = async (project: string, tarball: string, ...options: readonly string[]): Promise<Installed> => {
  const args = [npmProgram, "install", "--prefer-offline", "--no-audit", "--no-fund", ...options, tarball];
  const env = { ...process.env, PATH: join(project, "bin"), npm_config_loglevel: "warn" };
  const { status, stderr } = await node(project, args, env);
  const warnings = stderr.split("\n").filter((line) => line !== "" && !/Unknown \w+ config/.test(line));
  return { status, warnings };
};
