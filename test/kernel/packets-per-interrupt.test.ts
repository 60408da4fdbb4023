import test from "ava";
import fc from "fast-check";
import { type HostNetwork, joinCpus, readHostNetwork } from "../../src/kernel/host-network.js";
import { type HostNic, lossesOf } from "../../src/kernel/host-nics.js";
import { irqRole } from "../../src/kernel/nic-irqs.js";
import { packetsPerInterrupt } from "../../src/snapshot/packets-per-interrupt.js";
import type { SoftnetCpu } from "../../src/kernel/softnet-stat.js";
import { softnet as softnetOf } from "../explain/network/readings.js";
import { fixture } from "./fixture.js";
import { procTree } from "./proc-tree.js";

type Reading = Pick<HostNetwork, "cpus" | "interruptCpus" | "nics">;
const softnet = (cpu: number | undefined, processed: number): SoftnetCpu => ({ ...softnetOf(0), cpu, processed });

/** An interface that has received `packets`; its interrupts by action. */
const wired = (packets: number, irqs: Readonly<Record<string, readonly number[]>>): Reading => ({
  cpus: [],
  interruptCpus: [0, 1],
  nics: [
    {
      name: "eth0",
      statistics: { rx_packets: packets },
      irqs: Object.entries(irqs).map(([action, counts], i) => ({ irq: 37 + i, action, role: irqRole(action), counts })),
    },
  ],
});
/** One without interrupts: veth with GRO. */
const virtual = (packets: number, netRx: number, processed: number, nic: Partial<HostNic> = {}): Reading => ({
  cpus: [{ cpu: 0, softnet: softnet(0, processed), softirqs: { cpu: 0, netRx, netTx: 0 } }],
  interruptCpus: [0, 1],
  nics: [{ name: "eth0", statistics: { rx_packets: packets }, napis: [{ interfaceIndex: 2, id: 259 }], ...nic }],
});
const between = (before: Reading, after: Reading) => packetsPerInterrupt(before, after, "eth0");

test("virtio at 1.5 packets per interrupt is interrupt-driven; what sends or configures does not count", (t) => {
  const reading = wired(37247, {
    "virtio2-config": [5, 5],
    "virtio2-input.0": [0, 24703],
    "virtio2-output.0": [90000, 0],
  });
  const idle = wired(0, { "virtio2-config": [0, 0], "virtio2-input.0": [0, 0], "virtio2-output.0": [0, 0] });
  t.deepEqual(between(idle, reading), {
    mode: "interrupt-driven",
    figure: 37247 / 24703,
    basis: "interrupts",
    packets: 37247,
    because: "a few packets per interrupt",
  });
});

test("more packets per interrupt than one poll takes are polling, and so are packets without any", (t) => {
  const before = wired(1000, { "eth0-TxRx-0": [100, 50] });
  t.like(between(before, wired(101_000, { "eth0-TxRx-0": [600, 550] })), { mode: "polling", figure: 100 });
  t.like(between(before, wired(101_000, { "eth0-TxRx-0": [100, 50] })), { mode: "polling", figure: undefined });
});

test("between a quarter and a whole poll per interrupt nothing is claimed", (t) => {
  const before = wired(0, { "eth0-TxRx-0": [0, 0] });
  t.like(between(before, wired(40_000, { "eth0-TxRx-0": [500, 500] })), { mode: "unknown", figure: 40 });
});

test("interrupt counters wrap at 2^32", (t) => {
  const before = wired(0, { "eth0-rx-0": [2 ** 32 - 500, 0] });
  t.like(between(before, wired(2000, { "eth0-rx-0": [500, 0] })), { mode: "interrupt-driven", figure: 2 });
});

test("changed CPUs, changed interrupts, an absent interface or few packets tell nothing", (t) => {
  const before = wired(0, { "eth0-rx-0": [0, 0] });
  const after = wired(9000, { "eth0-rx-0": [10, 10] });
  t.is(between({ ...before, interruptCpus: [0] }, after).because, "CPUs or interrupts changed meanwhile");
  t.is(between(wired(0, {}), after).mode, "unknown");
  t.is(packetsPerInterrupt(before, after, "eth1").because, "the interface is not in both readings");
  t.is(between(before, wired(100, { "eth0-rx-0": [1, 1] })).because, "100 packets are too few to tell");
});

test("a virtual device's polling shows in packets per softirq, as measured at 72 % full polls", (t) => {
  t.like(between(virtual(0, 0, 0), virtual(915_524, 16_467, 39_247)), {
    mode: "polling",
    basis: "net-rx-softirqs",
    figure: 915_524 / 16_467,
  });
});

test("a packet per softirq is interrupt-driven only where the host processed nothing else", (t) => {
  t.is(between(virtual(0, 0, 0), virtual(1000, 1020, 1010)).mode, "interrupt-driven");
  t.is(between(virtual(0, 0, 0), virtual(1000, 5000, 5000)).mode, "unknown");
});

test("without NAPI of its own, or with NAPI in threads, softirqs say nothing of an interface", (t) => {
  const after = (nic: Partial<HostNic>): string =>
    between(virtual(0, 0, 0), virtual(90_000, 1000, 90_000, nic)).because;
  t.is(after({ napis: [] }), "it has neither interrupts nor NAPI instances that can be seen");
  t.is(after({ napis: [{ interfaceIndex: 2, id: 259, threadPid: 812 }] }), "it polls in threads of its own");
});

test("no figures at all make a claim without its ground", (t) => {
  const count = fc.nat({ max: 2 ** 32 - 1 });
  fc.assert(
    fc.property(count, count, count, count, (packets, irqs, netRx, processed) => {
      const told = [
        between(wired(0, { "eth0-rx-0": [0, 0] }), wired(packets, { "eth0-rx-0": [irqs, 0] })),
        between(virtual(0, 0, 0), virtual(packets, netRx, processed)),
      ];
      return told.every(({ mode, figure }) => mode !== "interrupt-driven" || (figure !== undefined && figure <= 16));
    }),
  );
  t.pass();
});

test("CPUs are joined by number; softnet lines without one stand for the online CPUs in order", (t) => {
  const time = (cpu: number) => ({
    cpu,
    userMs: 0,
    systemMs: 0,
    idleMs: 0,
    iowaitMs: 0,
    irqMs: 0,
    softirqMs: 0,
    stealMs: 0,
  });
  const softirqs = [0, 1, 2].map((cpu) => ({ cpu, netRx: cpu, netTx: 0 }));
  const joined = (rows: readonly SoftnetCpu[]) =>
    joinCpus(rows, softirqs, [time(0), time(2)]).map((row) => [row.cpu, row.softnet?.processed, row.softirqs?.netRx]);
  t.deepEqual(joined([softnet(0, 10), softnet(2, 30)]), [
    [0, 10, 0],
    [2, 30, 2],
  ]);
  t.deepEqual(joined([softnet(undefined, 10), softnet(undefined, 30)]), [
    [0, 10, 0],
    [2, 30, 2],
  ]);
  t.deepEqual(joined([softnet(undefined, 10)]), [
    [0, undefined, 0],
    [2, undefined, 2],
  ]);
});

test("a driver's counters are sifted for those that speak of loss", (t) => {
  t.deepEqual(lossesOf({ rx0_drops: 3, rx_kicks: 9, rx_no_buffer_count: 1, rx_out_of_buffer: 2, tx_packets: 5 }), {
    rx0_drops: 3,
    rx_no_buffer_count: 1,
    rx_out_of_buffer: 2,
  });
});

test("where nothing of the host can be read, the reading is empty and says what is missing", (t) => {
  const root = procTree(t, { "self/net/softnet_stat": fixture("6.18/net/softnet_stat") });
  const reading = readHostNetwork({ proc: root, sys: root, pid: 2 ** 22 + 1 });
  t.like(reading, { nics: [], tcpMemory: undefined, cgroupMemory: undefined, interruptCpus: [] });
  t.deepEqual(
    reading.cpus.map(({ cpu, softnet: line }) => [cpu, line?.processed]),
    [
      [0, 0xe2],
      [1, 0x1bdc],
    ],
  );
  t.deepEqual(
    reading.missing.map(({ source }) => source),
    ["softirqs", "cpu-time", "interrupts", "rtnetlink", "tcp-memory", "cgroup-memory"],
  );
});
