import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import { timedTest } from "../../lab/quiet-machine.js";
import type { StackCapture } from "../../../src/agent/stacks/stack.js";

interface Told {
  readonly available: boolean;
  readonly reason?: string;
  readonly capture: StackCapture;
  readonly isHeld?: boolean;
  readonly longestGapMs: number;
  readonly tookMs: number;
}

const file = join(__dirname, "stack.child.js");

const run = async (t: ExecutionContext, args: readonly string[], execArgv: readonly string[] = []): Promise<Told> => {
  const { stdout } = await promisify(execFile)(process.execPath, [...execArgv, file, ...args], { timeout: 40_000 });
  t.log(stdout);
  return JSON.parse(stdout);
};

/** `name (file)` without line and column. */
const unplaced = (frame: string | undefined): string | undefined => frame?.replace(/:\d+:\d+\)$/, ")");

const source = join(__dirname, "../../../../test/agent/stacks/stack.child.ts");

timedTest(
  "a synchronous loop is named to the line of its source, and its price is what the application lost",
  async (t) => {
    const { capture, longestGapMs, tookMs } = await run(t, ["loop"]);
    t.is(unplaced(capture.frames[0]), `spin (${source})`);
    t.is(unplaced(capture.frames[1]), `loop (${source})`);
    t.true(capture.exact);
    // Where it stood: in the loop itself, or in what the loop calls to know the time.
    t.regex(capture.note ?? "", /^(inside (get performance|now) .*)?$/);
    t.true(Number(capture.pauseMs) >= longestGapMs * 0.5 && Number(capture.pauseMs) < longestGapMs + 500);
    t.true(tookMs < 3000);
  },
);

timedTest("a catastrophic regular expression is named while it runs", async (t) => {
  const { capture } = await run(t, ["regex"]);
  t.is(unplaced(capture.frames[0]), `backtrack (${source})`);
  t.true(capture.exact);
});

timedTest("JSON.parse cannot be interrupted: what ran after it is not called exact", async (t) => {
  const { capture } = await run(t, ["json"]);
  t.false(capture.exact);
  t.regex(capture.note ?? "", /^native code could not be interrupted/);
  t.is(unplaced(capture.frames.at(-1)), `<anonymous> (${source})`);
});

timedTest("synchronous calls into Node are named with who called them", async (t) => {
  for (const [mode, callee] of [
    ["crypto", "pbkdf2Sync (node:internal/crypto/pbkdf2)"],
    ["child", "execFileSync (node:child_process)"],
  ] as const) {
    const { capture } = await run(t, [mode]);
    t.is(unplaced(capture.frames[0]), `${mode} (${source})`);
    t.false(capture.exact);
    // On a busy machine the loop may turn between the resume and the question whether it has.
    const note = capture.note?.replace("the loop had already turned when it was asked; ", "");
    t.is(note, `native code could not be interrupted: this is what ran when it had returned; inside ${callee}`);
  }
});

timedTest("what runs after the loop has turned is not called exact", async (t) => {
  const { capture } = await run(t, ["moved"]);
  t.is(unplaced(capture.frames[0]), `backtrack (${source})`);
  t.deepEqual([capture.exact, capture.note], [false, "the loop had already turned when it was asked"]);
});

timedTest("a handler that throws does not freeze the application", async (t) => {
  const { capture, tookMs } = await run(t, ["throws"]);
  t.deepEqual(
    { ...capture, pauseMs: 0 },
    {
      frames: [],
      exact: false,
      pauseMs: 0,
      note: "the frames could not be read: Error: on purpose",
    },
  );
  t.true(tookMs < 3000, `${tookMs} ms`);
});

timedTest(
  "an observer that throws, exits, loops without end or runs out of memory while the application answers does not hold it",
  async (t) => {
    const throwing = await run(t, ["throws-meanwhile"]);
    t.is(throwing.capture.note, "the stack could not be judged: Error: on purpose");
    const exiting = await run(t, ["exits-meanwhile"]);
    const looping = await run(t, ["loops-meanwhile"]);
    const filling = await run(t, ["fills-meanwhile"]);
    t.regex(filling.reason ?? "", /ERR_WORKER_OUT_OF_MEMORY/);
    for (const { tookMs, longestGapMs } of [throwing, exiting, looping, filling])
      t.true(tookMs < 3000, `${tookMs} ms, the longest gap ${longestGapMs} ms`);
  },
);

timedTest(
  "an application of three thousand files with inline source maps is held for no longer than is told",
  async (t) => {
    for (const scripts of ["100,0", "3000,0", "3000,20000"]) {
      const { capture, longestGapMs } = await run(t, ["scripts", scripts]);
      t.is(unplaced(capture.frames[0]), `spin (${source})`);
      t.true(longestGapMs < Number(capture.pauseMs) + 50, `${longestGapMs} ms, told ${capture.pauseMs} ms`);
    }
  },
);

timedTest("a look that gets no answer in time ends, and the application runs on", async (t) => {
  const { capture, tookMs } = await run(t, ["late"]);
  t.deepEqual(capture, { frames: [], exact: false, note: "no answer within 0 ms" });
  t.true(tookMs < 3000, `${tookMs} ms`);
});

timedTest("another debugger's pause is left alone", async (t) => {
  const { capture, isHeld } = await run(t, ["foreign"]);
  t.deepEqual(capture, { frames: [], exact: false, note: "a debugger has paused the main thread" });
  t.true(isHeld);
});

timedTest("an open inspector means no stacks, with the reason", async (t) => {
  const { available, reason } = await run(t, ["loop"], ["--inspect=0"]);
  t.deepEqual([available, reason], [false, "an inspector is open"]);
});

const strace = spawnSync("strace", ["-V"]).status === 0 ? test.serial : test.serial.skip;
strace("a traced process means no stacks, with the reason (needs strace)", async (t) => {
  const args = ["-f", "-e", "trace=none", "-o", "/dev/null", process.execPath, file, "loop"];
  const { stdout } = await promisify(execFile)("strace", args, { timeout: 40_000 });
  const { available, reason }: Told = JSON.parse(stdout);
  t.deepEqual([available, reason], [false, "the process is traced (TracerPid in /proc/self/status)"]);
});

timedTest("a source map in a file or inline leads to the original place", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-map-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  // Line 1 of the bundle is line 10, column 5 of app.ts, whatever the column.
  const map = { version: 3, sources: ["app.ts"], sourceRoot: "../src", names: [], mappings: "AASI" };
  const code = "exports.block = function block(ms) { const end = Date.now() + ms; while (Date.now() < end); };";
  const inline = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString("base64")}`;
  writeFileSync(join(folder, "b.js.map"), JSON.stringify(map));
  for (const url of ["b.js.map", inline]) {
    const path = join(folder, "b.js");
    writeFileSync(path, `${code}\n//# sourceMappingURL=${url}\n`);
    const { capture } = await run(t, ["module", path]);
    t.is(capture.frames[0], `block (${join(tmpdir(), "src/app.ts")}:10:5)`);
  }
  writeFileSync(join(folder, "b.js"), `${code}\n//# sourceMappingURL=missing.map\n`);
  const { capture } = await run(t, ["module", join(folder, "b.js")]);
  t.is(unplaced(capture.frames[0]), `block (${join(folder, "b.js")})`);
});
