import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { parseInventory, readInventory } from "../../src/cli/doctor/inventory.js";
import type { Below } from "../../src/cli/doctor/below.js";
import type { DoctorReadings } from "../../src/cli/doctor/readings.js";
import { reportOf } from "../../src/cli/doctor/report.js";
import { plain } from "../../src/cli/view/paint.js";
import { adviseOn } from "../../src/explain/advice/advice.js";
import { softnet } from "../explain/network/readings.js";

const readings: DoctorReadings = {
  node: "v20.20.2",
  kernel: "6.18.44",
  cpus: 2,
  support: {
    addon: { available: true },
    netstat: { available: true },
    frozen: { available: false, reason: "no file" },
  },
  listeners: [
    { cookie: 1n, transport: "tcp", address: "::", port: 3000, length: 3, limit: 128, drops: 14, pid: 7 },
    { cookie: 2n, transport: "unix", path: "/run/app.sock", length: 0, limit: 511 },
  ],
  processes: [{ pid: 7, command: "node", fds: { open: 30, limit: 1024 } }],
  settings: { somaxconn: 128, tcp_rmem: [4096, 131072, 6291456] },
  counters: { ListenOverflows: 14, ListenDrops: 14 },
  interfaces: [
    { name: "eth0", mtuBytes: 1500, speedMbit: 1000, operstate: "up", driver: "virtio_net", statistics: {} },
  ],
  inventory: {
    distribution: "Debian GNU/Linux 12",
    virtualisation: "KVM",
    cpu: "AMD EPYC",
    memoryBytes: 25276514304,
    interfaces: [{ name: "eth0", type: "wired", isDefault: true }],
  },
  missing: [],
};

test("the report shows machine, sources, listeners, settings, interfaces and what will hurt", (t) => {
  t.deepEqual(reportOf(readings, adviseOn(readings), 100, plain), [
    "Linux 6.18.44, Debian GNU/Linux 12, virtual (KVM), 2 CPUs (AMD EPYC), 23.5 GiB, Node v20.20.2",
    "",
    "Can be read here",
    "  yes  addon, netstat",
    "  no   frozen: no file",
    "",
    "Listeners (limit + 1 connections fit; drops: segments, since they exist)",
    "  address        length  limit  drops  process",
    "  [::]:3000           3    128     14  node (7)",
    "  /run/app.sock       0    511      -  ?",
    "",
    "Settings of this network namespace",
    "  somaxconn 128, tcp_rmem 4096/131072/6291456",
    "",
    "Interfaces",
    "  eth0, up, wired, default route, driver virtio_net, 1000 Mbit/s, MTU 1500",
    "",
    "What will hurt",
    "  warning   net.core.somaxconn: somaxconn 128 cuts every accept queue to 129 connections, also",
    "            Node's default of 511; at that limit now: [::]:3000",
    "            do: sysctl -w net.core.somaxconn=4096, then let the server listen() again: the limit is",
    "            taken at listen()",
    "  info      ListenOverflows, ListenDrops: 14 overflows and 14 drops since this network namespace",
    "            exists: attempts of all its listeners, not clients, and it says nothing about now",
    "            do: compare two runs of nstat -az TcpExtListenOverflows TcpExtListenDrops, or sockscope",
    "            diagnose",
    "",
    "1 thing to act on.",
  ]);
});

const below: Below = {
  cpus: [{ cpu: 0, softnet: softnet(0, { dropped: 3, timeSqueeze: 7 }) }],
  interruptCpus: [0, 1],
  settings: {},
  tcpMemory: { pages: 1000, pageBytes: 4096, orphans: 5 },
  cgroupMemory: { version: 2, socketBytes: 40_960, limitBytes: "none" },
  missing: [],
  nics: [
    {
      name: "eth0",
      loopback: false,
      operstate: "up",
      driver: "ixgbe",
      speedMbit: 10_000,
      mtuBytes: 1500,
      ring: { rx: 512, rxMax: 4096, tx: 512, txMax: 4096 },
      channels: { rx: 0, rxMax: 0, tx: 0, txMax: 0, combined: 2, combinedMax: 8 },
      irqs: [
        { irq: 40, role: { serves: "both", queue: 0 }, counts: [900, 0] },
        { irq: 41, role: { serves: "both", queue: 1 }, counts: [0, 100] },
      ],
      qdiscs: [{ interfaceIndex: 2, kind: "fq_codel", handle: "0:", parent: "root", drops: 4 }],
      statistics: { rx_missed_errors: 12, rx_dropped: 0 },
      driverDrops: { rx_no_dma_resources: 12, tx_timeout_drops: 9 },
      perInterrupt: { mode: "polling", basis: "interrupts", figure: 80.4, packets: 9000, because: "" },
    },
  ],
};

test("below the sockets: ring, queues, where interrupts go, how it is served, what was lost, marked as past", (t) => {
  const report = reportOf({ ...readings, below }, [], 100, plain);
  const from = report.indexOf("Interfaces");
  t.deepEqual(report.slice(from, from + 12), [
    "Interfaces",
    "  eth0, up, wired, default route, driver ixgbe, 10000 Mbit/s, MTU 1500",
    "    2 of at most 8 queues; receive ring 512 of at most 4096; 2 interrupt lines, 90 % at CPU 0, 10 %",
    "    at CPU 1; 80 packets per interrupt: polling; sends through fq_codel",
    "    lost since it exists: 12 rx_missed_errors, 12 rx_no_dma_resources (driver), 4 by fq_codel 0:",
    "",
    "Receive work and memory (of the whole host)",
    "  softnet: 3 packets dropped, 7 squeezes since the host began (says nothing about now)",
    "  netdev_max_backlog, netdev_budget: unknown, not shown in this network namespace",
    "  TCP's memory: 4.1 MB, its limits are unknown, not shown in this network namespace",
    "  orphans: 5 of at most unknown",
    "  cgroup v2: sockets hold 41 KB, limit none",
  ]);
});

test("a report without readings says so instead of showing zeroes", (t) => {
  const bare: DoctorReadings = {
    node: "v22.0.0",
    kernel: "5.4",
    support: {},
    processes: [],
    settings: {},
    interfaces: [],
    missing: [{ source: "listeners", reason: "EPERM" }],
  };
  t.deepEqual(reportOf(bare, adviseOn(bare), 80, plain), [
    "Linux 5.4, Node v22.0.0",
    "",
    "Can be read here",
    "  no   listeners: EPERM",
    "",
    "Listeners (limit + 1 connections fit; drops: segments, since they exist)",
    "  unknown: they cannot be read from here",
    "",
    "Settings of this network namespace",
    "  unknown: they cannot be read from here",
    "",
    "Nothing to act on in what could be read.",
  ]);
});

test("the inventory comes from a process of its own and names the distribution and the interfaces", async (t) => {
  const inventory = await readInventory();
  t.true("distribution" in inventory && inventory.distribution !== "");
  t.true("interfaces" in inventory && inventory.interfaces.some(({ name }) => name === "lo"));
});

test("an inventory that fails or hangs is a reason, and its process is ended", async (t) => {
  const program = (source: string): string => {
    const folder = mkdtempSync(join(tmpdir(), "sockscope-inventory-"));
    t.teardown(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "program.cjs"), source);
    return join(folder, "program.cjs");
  };
  t.deepEqual(await readInventory({ program: program("process.exit(3)") }), {
    reason: "systeminformation: its process ended with 3",
  });
  t.deepEqual(await readInventory({ program: program("setInterval(() => {}, 1000)"), timeoutMs: 200 }), {
    reason: "systeminformation: no answer within 0.2 s",
  });
});

test("what the inventory's process prints is not trusted", (t) => {
  t.is(parseInventory(""), undefined);
  t.is(parseInventory("[]"), undefined);
  t.is(parseInventory('{"interfaces": 1}'), undefined);
});
