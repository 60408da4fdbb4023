// Runs tests under another kernel than this machine's, with cgroup v2: `node scripts/test-uml.mjs [PATTERN…]`, or any command:
// `… -- COMMAND…`. In a user-mode Linux (Debian's package user-mode-linux: a kernel that is a program; no virtual machine) whose
// root is this machine's, read-only. It has one CPU and slow system calls: what depends on time does not hold there. UML_ROOT: where
// that package was unpacked, if it was not installed.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "./stale.mjs";

const unpacked = process.env.UML_ROOT ?? "/";
const kernel = join(unpacked, "usr/bin/linux.uml");
const given = process.argv.slice(2);
const split = given.indexOf("--");
const command = split < 0 ? ["scripts/test.mjs", ...given] : given.slice(split + 1);
if (!existsSync(kernel)) {
  console.error(`test-uml: there is no ${kernel} (Debian: apt-get install user-mode-linux)`);
  process.exit(2);
}
const words = [
  "mem=1024M",
  "rootfstype=hostfs",
  "root=/dev/root",
  "ro",
  "quiet",
  "con0=null,fd:1",
  "con=null",
  `init=${join(root, "test/lab/uml/init.py")}`,
  `ROOT=${root}`,
  `MODULES=${join(unpacked, "usr/lib/uml/modules")}`,
  `COMMAND=${[...(split < 0 ? [process.execPath] : []), ...command].join(",")}`,
];
const child = spawn(kernel, words, { stdio: ["ignore", "pipe", "ignore"] });
let [isUp, status] = [false, 1];
// What the kernel says before is of no interest.
createInterface({ input: child.stdout }).on("line", (line) => {
  isUp ||= line.startsWith("kernel ");
  const ended = /^ended with status (\d+)/.exec(line);
  if (ended) status = Number(ended[1]);
  else if (isUp) console.log(line.trimEnd());
});
child.on("close", () => {
  process.exitCode = status;
});
