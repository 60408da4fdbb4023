// What a user gets: the tarball of `npm pack`, installed by npm into an empty folder.
import { execFileSync, spawnSync } from "node:child_process";
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

/** The path of the tarball as `npm pack` writes it; without the cross compiler it has this machine's addon alone. */
export const pack = (into: string): string => {
  if (!packsWhole)
    execFileSync(process.execPath, [join(packageRoot, "scripts/prebuild.mjs"), process.arch], { stdio: "pipe" });
  const scripts = packsWhole ? [] : ["--ignore-scripts"];
  const args = [npmProgram, "pack", "--json", ...scripts, "--pack-destination", into];
  const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
  const said = execFileSync(process.execPath, args, { cwd: packageRoot, encoding: "utf8", stdio, timeout: 240_000 });
  const packed = JSON.parse(said) as unknown;
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

export const install = (project: string, tarball: string, ...options: readonly string[]): Installed => {
  const args = [npmProgram, "install", "--prefer-offline", "--no-audit", "--no-fund", ...options, tarball];
  const env = { ...process.env, PATH: join(project, "bin"), npm_config_loglevel: "warn" };
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: project,
    encoding: "utf8",
    env,
    timeout: 120_000,
  });
  const warnings = stderr.split("\n").filter((line) => line !== "" && !/Unknown \w+ config/.test(line));
  return { status, warnings };
};
