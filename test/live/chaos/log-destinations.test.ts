// The log cannot be written: the disk is full, the pipe is, the file is taken away. The application does not notice, and
// what was lost is counted.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { register } from "../../lab/root.js";
import { asRoot } from "../needs.js";

const folderOf = (t: ExecutionContext): string => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-chaos-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Two seconds of lines every 50 ms, then code 7; the longest gap of its loop and how long it took to go are told on fd 3. */
const app = (more = ""): string => `
let last = performance.now(), gapMs = 0;
setInterval(() => { const now = performance.now(); gapMs = Math.max(gapMs, now - last); last = now; }, 1);
require("node:http").createServer().listen(0);
${more}
setTimeout(() => { require("node:fs").writeSync(3, JSON.stringify({ gapMs, exitAt: Date.now() })); process.exit(7); }, 2000);
`;

interface Gone {
  readonly code: number | null;
  readonly gapMs: number;
  /** From process.exit() until it was gone. */
  readonly exitMs: number;
}

/** `argv` is put before node; nobody reads its stderr. */
const runApp = async (log: string, argv: readonly string[] = [], more = ""): Promise<Gone> => {
  const [file, ...args] = [...argv, process.execPath, "-r", register, "-e", app(more)];
  const child = spawn(file ?? process.execPath, args, {
    env: { ...process.env, SOCKSCOPE_LOG: log, SOCKSCOPE_LOG_LEVEL: "sample", SOCKSCOPE_INTERVAL_MS: "50" },
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  let told = "";
  child.stdio[3]?.on("data", (chunk) => {
    told += String(chunk);
  });
  let goneAt = 0;
  child.once("exit", () => {
    goneAt = Date.now();
  });
  const [code] = await once(child, "close");
  const { gapMs, exitAt } = JSON.parse(told);
  return { code, gapMs, exitMs: goneAt - exitAt };
};

const endsAsEver = (t: ExecutionContext, gone: Gone): void => {
  t.log(gone);
  t.is(gone.code, 7);
};

test("a full device (/dev/full)", async (t) => endsAsEver(t, await runApp("/dev/full")));

test("a pipe that is full, since nobody reads it", async (t) => {
  // 64 KB of what the application itself has printed fill it.
  endsAsEver(t, await runApp("stderr", [], "process.stderr.write('x'.repeat(1e6));"));
});

test("a file that is deleted, and its folder, while it is written to", async (t) => {
  const folder = folderOf(t);
  const gone = await runApp(
    join(folder, "lines.log"),
    [],
    `setTimeout(() => require("node:fs").rmSync(${JSON.stringify(folder)}, { recursive: true }), 300);`,
  );
  endsAsEver(t, gone);
});

asRoot("a file system that is full: lines are lost, and counted when there is room (needs root)", async (t) => {
  const folder = folderOf(t);
  const log = join(folder, "lines.log");
  t.is(spawnSync("mount", ["-t", "tmpfs", "-o", "size=8k", "sockscope", folder]).status, 0);
  t.teardown(() => void spawnSync("umount", [folder]));
  const makeRoom = `setTimeout(() => require("node:fs").truncateSync(${JSON.stringify(log)}), 1300);`;
  endsAsEver(t, await runApp(log, [], makeRoom));
  // It begins with the rest of the line that was being written when room was made.
  t.regex(readFileSync(log, "utf8"), /"lost":[1-9]/);
});
