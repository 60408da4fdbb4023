// What others have named (paths of sockets, titles of processes) reaches a terminal without what it would obey.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { runCli, startCli } from "../cli/run-cli.js";
import { eventually } from "../lab/eventually.js";
import { packageRoot } from "../package-root.js";

const folder = mkdtempSync(join(tmpdir(), "sockscope-strange-"));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));
/** Clears the screen, names the window, goes on in a new line, writes backwards, moves the cursor (C1). */
const strange = "a\u001b[2J\u001b]0;owned\u0007\nwarning  all is well\u202e\u009b1A";
const path = join(folder, strange);
/** As it is shown in columns, and in JSON. */
const shown = "a?[2J?]0;owned??warning  all is well??1A";
const inJson = "a\\u001b[2J\\u001b]0;owned\\u0007\\nwarning  all is well\\u202e\\u009b1A";

/** Control characters but the newline, and what turns the direction of writing. */
const obeyed = /[^\P{Cc}\n]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

test.serial("no command and no log line passes on what a peer's name would make a terminal do", async (t) => {
  const program = join(packageRoot, "build-test/test/live/strange-names.child.js");
  const child = fork(program, [path, strange], { execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
  t.teardown(() => void child.kill("SIGKILL"));
  let log = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (log += text));
  await once(child, "message");
  const pid = ["--pid", String(child.pid)];
  const top = startCli(["top", ...pid]);
  const commands: readonly (readonly [string, ...string[]])[] = [
    [shown, "diagnose", ...pid, "--duration", "500ms"],
    [inJson, "diagnose", ...pid, "--duration", "500ms", "--json"],
    [shown, "doctor", ...pid],
    [shown, "explain", path, "--duration", "500ms"],
    [shown, "explain", `${path}2`],
    [shown.slice(0, 15), "simulate", join(folder, `${strange}.json`)],
  ];
  const said = await Promise.all(
    commands.map(async ([expected, ...args]) => {
      const { stdout, stderr } = await runCli(...args);
      return { name: args.join(" "), expected, text: stdout + stderr };
    }),
  );
  await eventually("a sample line", () => log.includes(inJson), 10_000);
  top.child.kill("SIGINT");
  const seen = [
    ...said,
    { name: "the log", expected: inJson, text: log },
    { name: "top", expected: shown.slice(0, 8), text: (await top.ended).stdout },
  ];
  for (const { name, expected, text } of seen) {
    t.notRegex(text, obeyed, name);
    t.true(text.includes(expected), `${name} names it: ${text}`);
  }
});
