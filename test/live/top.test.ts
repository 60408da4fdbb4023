// `top` in a real terminal (tmux): what is on the screen, what keys do, and that the screen is as it was afterwards.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { startCli } from "../cli/run-cli.js";
import { busy200x50, busy80x24 } from "../cli/top/screens.js";
import { eventually } from "../lab/eventually.js";
import { hasTmux, openPane, type Pane } from "../lab/tmux.js";

const inTmux =
  hasTmux || process.env.SOCKSCOPE_REQUIRE_ALL === "1"
    ? test.serial
    : (title: string, _body: unknown): void => test.skip(`${title} (tmux is missing)`, () => {});

const cli = join(__dirname, "../../src/cli/main.js");
const shown = join(__dirname, "../cli/top/shown.child.js");

let server: ChildProcess;
let port: number;

test.before(async () => {
  server = spawn(process.execPath, [join(__dirname, "plain-server.child.js")], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  port = await new Promise((resolve) => {
    server.once("message", (message: { readonly port: number }) => resolve(message.port));
  });
});
test.after.always(() => server.kill("SIGKILL"));

const open = (t: ExecutionContext, command: string, columns = 80, rows = 24): Pane => {
  const pane = openPane(command, columns, rows);
  t.teardown(() => pane.close());
  return pane;
};

/** A shell that says `pid=…`, runs the program in its place, and then says how it ended. */
const shell = (program: string): string =>
  `PS1='$ ' sh -c 'echo before; sh -c "echo pid=\\$\\$; exec ${process.execPath} ${program}"; echo ended=$?; read answer; echo read:$answer; read end'`;

const shows = (pane: Pane, what: string | RegExp): Promise<true> =>
  eventually(
    `${what} on the screen`,
    () => {
      const screen = pane.screen();
      return typeof what === "string" ? screen.includes(what) || undefined : what.test(screen) || undefined;
    },
    15_000,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${pane.screen()}`);
  });

/** The shell's screen again, cursor, wrapping and echo included. */
const isRestored = async (t: ExecutionContext, pane: Pane, status: number): Promise<void> => {
  await shows(pane, `ended=${status}`);
  t.regex(pane.screen(), new RegExp(`^before\npid=\\d+\n(?:.*\n)*ended=${status}\n*$`));
  t.deepEqual([pane.state("alternate_on"), pane.state("cursor_flag"), pane.state("wrap_flag")], ["0", "1", "1"]);
  pane.type("typed", "Enter");
  await shows(pane, /^typed\nread:typed$/m);
};

inTmux("the screen of a frame is right to the character at 80 by 24, and after it has become 200 by 50", async (t) => {
  const pane = open(t, `NO_COLOR=1 ${process.execPath} ${shown}`);
  await shows(pane, "Network");
  t.is(pane.screen(), busy80x24);
  pane.resize(200, 50);
  await eventually("the wide screen", () => pane.screen().split("\n").length === 50 && pane.screen().includes("trend"));
  await eventually("the wide screen drawn", () => pane.screen() === busy200x50).catch(() =>
    t.is(pane.screen(), busy200x50),
  );
  pane.resize(80, 24);
  await eventually("the small screen drawn", () => pane.screen() === busy80x24).catch(() =>
    t.is(pane.screen(), busy80x24),
  );
});

inTmux("an exception gives the screen back and is told on it", async (t) => {
  const pane = open(t, shell(shown));
  await shows(pane, "Network");
  pane.type("x");
  await isRestored(t, pane, 1);
  t.true(pane.screen().includes("Error: thrown on purpose"));
});

inTmux("top shows the listener of a process; keys work; q gives the screen back", async (t) => {
  const pane = open(t, shell(`${cli} top --pid ${server.pid} --interval 250ms`));
  await shows(pane, `127.0.0.1:${port}`);
  t.deepEqual([pane.state("alternate_on"), pane.state("cursor_flag")], ["1", "0"]);
  await shows(pane, /every 250 ms {2}\d\d:\d\d:\d\d$/m);
  pane.type("?");
  await shows(pane, "Keys");
  pane.type("Escape");
  await shows(pane, "▸ Listeners");
  pane.type("Tab");
  await shows(pane, "▸ Findings");
  pane.type("/", "z", "z", "Enter");
  await shows(pane, "Listeners none that the filter lets through");
  pane.type("p");
  await shows(pane, "PAUSED");
  pane.type("q");
  await isRestored(t, pane, 0);
});

for (const [signal, status] of [
  ["SIGTERM", 143],
  ["SIGHUP", 129],
  ["SIGINT", 130],
] as const)
  inTmux(`${signal} gives the screen back and ends with status ${status}`, async (t) => {
    const pane = open(t, shell(`${cli} top --port ${port} --interval 250ms`));
    await shows(pane, /pid=\d+/);
    const pid = Number(/pid=(\d+)/.exec(pane.screen())![1]);
    await shows(pane, `127.0.0.1:${port}`);
    process.kill(pid, signal);
    await isRestored(t, pane, status);
  });

inTmux("a terminal that goes away takes it along, quietly", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const told = join(folder, "stderr");
  const program = `echo pid=$$; exec ${process.execPath} ${cli} top --port ${port} --interval 250ms 2>${told}`;
  const pane = open(t, `sh -c '${program}'`);
  await shows(pane, /pid=\d+/);
  const pid = Number(/pid=(\d+)/.exec(pane.screen())![1]);
  await shows(pane, `127.0.0.1:${port}`);
  pane.close();
  await eventually("its end", () => !existsSync(`/proc/${pid}`));
  t.is(readFileSync(told, "utf8"), "");
});

inTmux("Ctrl-C ends it with status 130; Ctrl-Z gives the screen back until fg", async (t) => {
  const pane = open(t, "PS1='$ ' bash --norc --noprofile -i");
  pane.type(`${process.execPath} ${cli} top --port ${port} --interval 250ms`, "Enter");
  await shows(pane, "▸ Listeners");
  pane.type("C-z");
  await shows(pane, "Stopped");
  t.deepEqual([pane.state("alternate_on"), pane.state("cursor_flag")], ["0", "1"]);
  pane.type("fg", "Enter");
  await shows(pane, "▸ Listeners");
  t.is(pane.state("alternate_on"), "1");
  pane.type("C-c");
  await eventually("the shell's screen", () => pane.state("alternate_on") === "0");
  pane.type("echo ended=$?", "Enter");
  await shows(pane, "ended=130");
  t.is(pane.state("alternate_on"), "0");
});

test.serial("--web serves the live page, its frames and its findings, and prints the address", async (t) => {
  const { child, ended } = startCli(["top", "--port", String(port), "--interval", "250ms", "--web"]);
  t.teardown(() => child.kill("SIGKILL"));
  const [line]: readonly Buffer[] = await once(child.stdout!, "data");
  const url = String(line).trim();
  t.regex(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  const page = await fetch(url);
  t.deepEqual([page.status, page.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  t.deepEqual(await (await fetch(`${url}findings`)).json(), { findings: [] });
  const events = await fetch(`${url}events`);
  let stream = "";
  for await (const part of events.body!) {
    stream += Buffer.from(part).toString();
    if (stream.includes("event: frame")) break;
  }
  t.regex(stream, new RegExp(`event: frame\ndata: \\{"v":1,.*"source":"outside".*"id":"127\\.0\\.0\\.1:${port}"`));
  const metrics = await (await fetch(`${url}metrics`)).text();
  t.regex(
    metrics,
    new RegExp(`^sockscope_tcp_accept_queue_limit\\{server_address="127\\.0\\.0\\.1",server_port="${port}"\\} 8$`, "m"),
  );
  const explained = await fetch(`${url}explain?listener=127.0.0.1:${port}`);
  t.regex(await explained.text(), /0 of 9 places taken/);
  child.kill("SIGINT");
  t.is((await ended).status, 130);
});

test.serial("in a pipe it is plain lines without a control code", async (t) => {
  const { child, ended } = startCli(["top", "--pid", String(server.pid), "--interval", "250ms"]);
  let lines = 0;
  child.stdout!.on("data", (text: string) => {
    lines += text.split("\n").length - 1;
    if (lines >= 6) child.kill("SIGINT");
  });
  const { status, stdout, stderr } = await ended;
  t.is(status, 130);
  t.is(stderr, "");
  t.notRegex(stdout.replaceAll("\n", ""), /\p{Cc}/u);
  t.regex(
    stdout,
    new RegExp(
      `^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z  pid ${server.pid}  node .*\n  listener 127\\.0\\.0\\.1:${port}  queue 0/9  peak 0`,
    ),
  );
});

test.serial("--json is a frame a line; it ends with the process", async (t) => {
  const target = spawn(process.execPath, [join(__dirname, "plain-server.child.js")], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  t.teardown(() => target.kill("SIGKILL"));
  const [message]: readonly { readonly port: number }[] = await once(target, "message");
  const { child, ended } = startCli(["top", "--pid", String(target.pid), "--interval", "250ms", "--json"]);
  child.stdout!.once("data", () => target.kill("SIGKILL"));
  const { status, stdout, stderr } = await ended;
  t.deepEqual({ status, stderr }, { status: 0, stderr: "sockscope top: the process has ended\n" });
  const frames: readonly { v: number; source: string; listeners: readonly { port: number; limit: number }[] }[] = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  t.deepEqual([frames[0]!.v, frames[0]!.source], [1, "outside"]);
  t.deepEqual(
    frames[0]!.listeners.map(({ port: at, limit }) => ({ at, limit })),
    [{ at: message!.port, limit: 8 }],
  );
});
