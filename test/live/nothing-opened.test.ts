// At its defaults the agent opens no port and sends nothing: netlink sockets to the own kernel are all that it has.
import { readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import test from "ava";
import { register } from "../lab/root.js";
import { runNode, withProgram } from "./run-node.js";

/** Serves one client, then tells how many sockets it has; with the agent, when that has looked at a few things. */
const app = `
const { readFileSync, readdirSync, readlinkSync } = require("node:fs");
const net = require("node:net");
const socketsNow = () => {
  const links = readdirSync("/proc/self/fd").flatMap((fd) => { try { return [readlinkSync("/proc/self/fd/" + fd)]; } catch { return []; } });
  const rows = readFileSync("/proc/net/netlink", "utf8").trim().split("\\n").slice(1);
  const netlink = new Set(rows.map((line) => line.trim().split(/\\s+/)[9]));
  const sockets = links.flatMap((link) => /^socket:\\[(\\d+)\\]$/.exec(link)?.[1] ?? []);
  return { all: sockets.length, others: sockets.filter((inode) => !netlink.has(inode)).length };
};
let served = false;
const server = net.createServer((socket) => socket.end("hello")).listen(0, "127.0.0.1", () => {
  net.connect(server.address().port, "127.0.0.1").resume().on("close", () => server.close(() => { served = true; }));
});
const began = Date.now();
let looks = 0;
const timer = setInterval(() => {
  const now = socketsNow();
  if (now.all > now.others) looks += 1;
  if (!served || (process.argv[2] === "agent" && looks < 20 && Date.now() - began < 15000)) return;
  clearInterval(timer);
  console.log(JSON.stringify(now));
}, 50);`;

/** Whether there is an agent to wait for. */
const asked = (args: readonly string[]): readonly string[] => (args.length > 0 ? ["agent"] : []);

/** Its stdout and stderr are pipes, or sockets where Node made them so. */
const socketsOf = async (args: readonly string[]): Promise<{ readonly all: number; readonly others: number }> =>
  withProgram("app.cjs", app, async (file) => JSON.parse((await runNode([...args, file, ...asked(args)])).stdout));

test.serial("at its defaults the agent has netlink sockets and no others", async (t) => {
  const without = await socketsOf([]);
  const observed = await socketsOf(["--import", register]);
  t.is(without.all, without.others);
  t.is(observed.others, without.others);
  t.true(observed.all > without.all);
});

const hasStrace = spawnSync("strace", ["-V"]).status === 0;
const withStrace = hasStrace || process.env.SOCKSCOPE_REQUIRE_ALL === "1" ? test.serial : test.serial.skip;

withStrace(
  "at its defaults the agent connects to nobody, binds nothing, and adds no call to a connect (needs strace)",
  async (t) => {
    const callsOf = (args: readonly string[]): Promise<readonly string[]> =>
      withProgram("app.cjs", app, async (file) => {
        const trace = `${file}.trace`;
        const { status } = spawnSync("strace", [
          "-f",
          "-qq",
          "-yy",
          "-e",
          "trace=connect,bind,listen,sendto,sendmsg",
          "-o",
          trace,
          process.execPath,
          ...args,
          file,
          ...asked(args),
        ]);
        t.is(status, 0);
        return readFileSync(trace, "utf8")
          .split("\n")
          .filter((line) => /\d+ +\w+\(/.test(line) && !/NETLINK/.test(line))
          .map((line) => line.replace(/^\d+ +/, "").split("(", 1)[0]!)
          .toSorted();
      });
    t.deepEqual(await callsOf(["--import", register]), await callsOf([]));
  },
);
