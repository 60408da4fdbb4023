// ulimit -f: a write beyond it would end the application by SIGXFSZ (setrlimit(2)).
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";

const register = join(__dirname, "../../src/register.js");

test("a limit on the size of files costs lines of the log, not the application", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-limit-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const log = join(folder, "lines.log");
  const app = `setTimeout(() => process.exit(7), 1500)`;
  const { status, signal } = spawnSync(
    "bash",
    ["-c", 'ulimit -f 2; exec "$0" --require "$1" -e "$2"', process.execPath, register, app],
    {
      env: { ...process.env, SOCKSCOPE_LOG: log, SOCKSCOPE_LOG_LEVEL: "sample", SOCKSCOPE_INTERVAL_MS: "50" },
      timeout: 20_000,
    },
  );
  t.deepEqual({ status, signal }, { status: 7, signal: null });
  const { size } = statSync(log);
  t.true(size > 0 && size <= 2048, `${size} bytes`);
});
