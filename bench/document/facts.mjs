// What has to be known of a run: the machine, what ran on it, how quiet it was.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { arch, cpus, release, totalmem } from "node:os";
import { createRequire } from "node:module";

const { version } = createRequire(import.meta.url)("../../package.json");

const said = (command, ...args) => {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
};

/** Ticks of all CPUs since boot (proc_stat(5)): user nice system idle iowait irq softirq steal. */
const ticks = () => {
  const [, ...counts] = readFileSync("/proc/stat", "utf8").split("\n")[0].split(/\s+/).map(Number);
  return { all: counts.slice(0, 8).reduce((sum, count) => sum + count, 0), idle: counts[3], stolen: counts[7] };
};

/** Percent of all CPUs' time that was idle, or stolen by the hypervisor, since `from`. */
const sharesSince = (from) => {
  const now = ticks();
  const share = (name) => (100 * (now[name] - from[name])) / Math.max(1, now.all - from.all);
  return { idle: share("idle"), stolen: share("stolen") };
};

const machine = () => {
  const [{ model }] = cpus();
  const isGuest = /^flags.* hypervisor( |$)/m.test(readFileSync("/proc/cpuinfo", "utf8"));
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} × ${model.trim()}${isGuest ? ", a virtual machine" : ""}, ${memory}, Linux ${release()} ${arch()}.`;
};

const software = () => {
  const commit = said("git", "rev-parse", "--short", "HEAD");
  const compiler = said(process.env.CC ?? "cc", "--version")?.split("\n")[0];
  return `sockscope ${version}${commit ? ` (${commit})` : ""}, Node ${process.versions.node}; C: ${compiler ?? "no compiler"}, -O2.`;
};

const quietMs = 3000;

/** Looks whether the machine is quiet, then begins: `end()` gives the lines for the page. */
export async function beginFacts() {
  const before = ticks();
  await new Promise((resolve) => setTimeout(resolve, quietMs));
  const { idle } = sharesSince(before);
  if (idle < 90) console.error(`the machine is only ${Math.round(idle)} % idle: whatever else runs is in the figures`);
  const [from, began] = [ticks(), Date.now()];
  return {
    end: () => [
      machine(),
      software(),
      `${new Date(began).toISOString().slice(0, 16).replace("T", " ")} UTC, ${Math.round((Date.now() - began) / 60_000)} minutes; ` +
        `the machine was ${Math.round(idle)} % idle before, ${sharesSince(from).stolen.toFixed(1)} % of its time was stolen by its host meanwhile.`,
    ],
  };
}
