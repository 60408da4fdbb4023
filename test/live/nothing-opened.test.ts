// At its defaults the agent opens no port and sends nothing: netlink sockets to the own kernel are all that it has.
import { readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import test from "ava";
import { register } from "../lab/root.js";
import { runNode, withProgram } from "./run-node.js";

/** Serves one client, then tells the inodes of all sockets of the process. */
const app = `
const { readdirSync, readlinkSync } = require("node:fs");
const net = require("node:net");
const server = net.createServer((socket) => socket.end("hello")).listen(0, "127.0.0.1", () => {
  const client = net.connect(server.address().port, "127.0.0.1").resume().on("close", () => server.close(() => setTimeout(tell, 1500)));
});
const tell = () => {
  const links = readdirSync("/proc/self/fd").flatMap((fd) => { try { return [readlinkSync("/proc/self/fd/" + fd)]; } catch { return []; } });
  const netlink = new Set(require("node:fs").readFileSync("/proc/net/netlink", "utf8").trim().split("\\n").slice(1).map((line) => line.trim().split(/\\s+/)[9]));
  const sockets = links.flatMap((link) => /^socket:\\[(\\d+)\\]$/.exec(link)?.[1] ?? []);
  console.log(JSON.stringify({ all: sockets.length, others: sockets.filter((inode) => !netlink.has(inode)).length }));
};`;

/** Its stdout and stderr are pipes, or sockets where Node made them so. */
const socketsOf = async (args: readonly string[]): Promise<{ readonly all: number; readonly others: number }> =>
  withProgram("app.cjs", app, async (file) => JSON.parse((await runNode([...args, file])).stdout));

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
          "trace=connect,bind,listen,accept4,sendto,sendmsg",
          "-o",
          trace,
          process.execPath,
          ...args,
          file,
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
