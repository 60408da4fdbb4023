// The tarball on arm64: its addon is loaded and called by a Node of that architecture, under qemu's user emulation.
// qemu has no sock_diag and gives 4 bytes of tcp_info: a good case of a kernel that says little.
import { execFileSync, spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { packageRoot } from "../package-root.js";
import { emptyProject, install, pack, packsWhole } from "./packed.js";

const sysroot = "/usr/aarch64-linux-gnu";
const emulates = spawnSync("qemu-aarch64", ["--version"]).error === undefined;
const able = (emulates && packsWhole) || process.env.SOCKSCOPE_REQUIRE_ALL === "1";
const where = able ? test : test.skip;
const needs = "(Debian packages qemu-user, g++-aarch64-linux-gnu)";

const folder = emptyProject();
let arm64Node = "";
test.before(async (t) => {
  if (!able) return;
  t.timeout(300_000);
  const fetcher = join(packageRoot, "scripts/node-binary.mjs");
  arm64Node = execFileSync(process.execPath, [fetcher, "20", "arm64"], { encoding: "utf8" }).trim();
  t.is((await install(folder, await pack(folder), "--ignore-scripts")).status, 0);
});
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const onArm64 = (...args: string[]) =>
  spawnSync("qemu-aarch64", ["-L", sysroot, arm64Node, ...args], { cwd: folder, encoding: "utf8", timeout: 110_000 });

const program = `
const { support } = require("sockscope");
const { readTcpInfo, readQueues, readSockets, walkSockets, registerLoop, readLoops } = require("sockscope/kernel");
const net = require("node:net");
const server = net.createServer((peer) => {
  peer.pause();
  const { addon, readings } = support();
  const walk = walkSockets();
  console.log(JSON.stringify({
    arch: process.arch, addon, tcpInfo: readings.TCP_INFO, sock_diag: readings.sock_diag,
    queues: readQueues(client), info: readTcpInfo(client)?.state, walked: walk.fdCount > 3,
    read: readSockets([server, client]).length, loop: registerLoop(), loops: readLoops().length,
  }));
  client.destroy(); server.close();
});
let client;
server.listen(0, "127.0.0.1", () => {
  client = net.connect(server.address().port, "127.0.0.1");
});
`;

where(`the installed package's addon is loaded and called on arm64 ${needs}`, (t) => {
  t.timeout(120_000);
  const { status, stdout, stderr } = onArm64("-e", program);
  t.is(status, 0, stderr);
  t.deepEqual(JSON.parse(stdout), {
    arch: "arm64",
    addon: true,
    tcpInfo: { available: true, detail: "4 bytes" },
    sock_diag: { available: false, reason: "socket(AF_NETLINK): EPROTONOSUPPORT" },
    queues: { recvQBytes: 0, sendQBytes: 0 },
    info: "ESTAB",
    walked: true,
    read: 2,
    loop: 1,
    loops: 1,
  });
});

where(`a program that preloads the agent on arm64 exits with its own code ${needs}`, (t) => {
  t.timeout(120_000);
  const { status, stdout, stderr } = onArm64("-r", "sockscope/register", "-e", "console.log(1); process.exitCode = 7");
  t.deepEqual({ status, stdout, stderr }, { status: 7, stdout: "1\n", stderr: "" });
});
