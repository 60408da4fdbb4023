// Runs in a network namespace of its own: overflows a listener and prints what was read before and after, as JSON.
import { spawnSync } from "node:child_process";
import { createServer, connect } from "node:net";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { openCounters } from "../../src/kernel/counters.js";
import { readNetstat } from "../../src/kernel/netstat.js";
import { readSnmp } from "../../src/kernel/snmp.js";
import { readSockstat } from "../../src/kernel/sockstat.js";
import { readSysctls } from "../../src/kernel/sysctl.js";

const clients = 7;

const nstat = (): Record<string, number> => {
  const { stdout } = spawnSync("nstat", ["-asz", "--json"], { encoding: "utf8" });
  return (JSON.parse(stdout) as { kernel: Record<string, number> }).kernel;
};

async function main(): Promise<void> {
  spawnSync("ip", ["link", "set", "lo", "up"]);
  writeFileSync("/proc/sys/net/core/somaxconn", "77");
  const counters = openCounters();
  const server = createServer().listen({ host: "127.0.0.1", port: 0, backlog: 1 });
  await once(server, "listening");
  const before = { own: counters.read(), nstat: nstat() };
  const { port } = server.address() as AddressInfo;
  const sockets = Array.from({ length: clients }, () => connect(port, "127.0.0.1").on("error", () => {}));
  await new Promise<void>((done) => process.nextTick(done));
  // The SYNs are sent, the loop has not turned: only limit + 1 connections can be in the queue.
  const after = { own: counters.read(), nstat: nstat() };
  const result = {
    before,
    after,
    netstat: readNetstat(),
    snmp: readSnmp(),
    sockstat: readSockstat(),
    sysctl: readSysctls(),
  };
  process.stdout.write(JSON.stringify(result, (_, value) => (typeof value === "bigint" ? Number(value) : value)));
  for (const socket of sockets) socket.destroy();
  server.close();
  counters.close();
}

void main();
