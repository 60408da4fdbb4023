// Below the sockets, against what tc and ip show: needs root, iproute2 and python3. All traffic in own namespaces.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { binding } from "../../src/binding.js";
import {
  type HostNic,
  openHostNetwork,
  type PacketsPerInterrupt,
  packetsPerInterrupt,
  readCgroupMemory,
  readHostNetwork,
  readLinks,
  readNicIrqs,
  readQdiscs,
} from "../../src/kernel/index.js";
import { eventually } from "../lab/eventually.js";
import { createNamespace, type Namespace } from "../lab/netns.js";
import { packageRoot } from "../package-root.js";

const possible = process.getuid?.() === 0;
const live = possible || process.env.SOCKSCOPE_REQUIRE_ALL === "1" ? test.serial : test.serial.skip;
const why = possible ? "" : " (needs root)";
const script = `${packageRoot}/test/live/veth-napi.py`;

const start = (t: ExecutionContext, ns: Namespace, ...args: string[]): ChildProcess & { said: string } => {
  const [file, ...words] = [...ns.enter, "python3", script, ...args];
  const child = Object.assign(spawn(file!, words, { stdio: ["ignore", "pipe", "inherit"] }), { said: "" });
  child.stdout.on("data", (chunk: Buffer) => {
    child.said += chunk.toString();
  });
  t.teardown(() => void child.kill("SIGKILL"));
  return child;
};

/** Two namespaces joined by a veth pair; the receiver's end is a NAPI device, for which the sender cuts its packets. */
const joined = async (t: ExecutionContext) => {
  const [from, to] = [createNamespace(t.teardown.bind(t)), createNamespace(t.teardown.bind(t))];
  from.run("ip", "link", "add", "va", "type", "veth", "peer", "name", "vb", "netns", to.name);
  for (const [ns, device, address] of [
    [from, "va", "10.77.0.1/24"],
    [to, "vb", "10.77.0.2/24"],
  ] as const) {
    ns.run("ip", "addr", "add", address, "dev", device);
    ns.run("ip", "link", "set", device, "up");
  }
  from.run("python3", script, "offload", "va", "tso=0", "gso=0");
  to.run("python3", script, "offload", "vb", "gro=1");
  const sink = start(t, to, "sink", "10.77.0.2");
  await eventually("the sink", () => sink.said.includes("ready"));
  return { from, to, sink };
};

interface TcRow {
  readonly kind: string;
  readonly handle: string;
  readonly parent?: string;
  readonly bytes: number;
  readonly packets: number;
  readonly drops: number;
  readonly overlimits: number;
  readonly requeues: number;
  readonly backlog: number;
  readonly qlen: number;
}

live(`qdiscs of another namespace are those of tc, with what waits in them and what they dropped${why}`, async (t) => {
  const { from } = await joined(t);
  from.run(...("tc qdisc add dev va root handle 1: tbf rate 8kbit burst 2000 limit 20000".split(" ") as [string]));
  from.run(...("tc qdisc add dev va parent 1:1 handle 10: pfifo limit 5".split(" ") as [string]));
  const inside = start(t, from, "sink", "10.77.0.1");
  await eventually("a process inside", () => inside.said.includes("ready"));
  from.run("python3", script, "burst", "10.77.0.2", "30");
  const ours = () =>
    readQdiscs({ pid: inside.pid! }).rows.map((row) => ({
      kind: row.kind,
      handle: row.handle,
      parent: row.parent,
      bytes: Number(row.sentBytes),
      packets: row.sentPackets,
      drops: row.drops,
      overlimits: row.overlimits,
      requeues: row.requeues,
      backlog: row.queuedBytes,
      qlen: row.queuedPackets,
    }));
  const tcs = () =>
    (JSON.parse(from.run("tc", "-s", "-j", "qdisc")) as TcRow[]).map(
      ({ kind, handle, parent = "root", bytes, packets, drops, overlimits, requeues, backlog, qlen }) => {
        return { kind, handle, parent, bytes, packets, drops, overlimits, requeues, backlog, qlen };
      },
    );
  // tbf lets a packet go each second: the two looks are taken between two of them.
  await eventually("the same twice", () => JSON.stringify(ours()) === JSON.stringify(tcs()));
  const pfifo = ours().find(({ kind }) => kind === "pfifo")!;
  t.true(pfifo.drops! >= 20 && pfifo.drops! <= 28);
  t.true(pfifo.qlen! > 0 && pfifo.backlog! >= 1000);
});

live(`interfaces of another namespace are those of ip, counter by counter${why}`, async (t) => {
  const { to, sink } = await joined(t);
  to.run("python3", script, "burst", "10.77.0.1", "7");
  type Row = { ifname: string; mtu: number; operstate: string; stats64: Record<"rx" | "tx", Record<string, number>> };
  const ips = () =>
    (JSON.parse(to.run("ip", "-s", "-j", "link")) as Row[]).map(({ ifname, mtu, operstate, stats64: { rx, tx } }) => {
      return [ifname, mtu, operstate.toLowerCase(), rx.packets, rx.bytes, rx.dropped, tx.packets, tx.bytes, tx.dropped];
    });
  const ours = () =>
    readLinks({ pid: sink.pid! }).rows.map(({ name, mtuBytes, operstate, statistics: s }) => {
      const bytes = [s.rx_bytes, s.tx_bytes].map(Number);
      return [name, mtuBytes, operstate, s.rx_packets, bytes[0], s.rx_dropped, s.tx_packets, bytes[1], s.tx_dropped];
    });
  await eventually("the same twice", () => JSON.stringify(ours()) === JSON.stringify(ips()));
  t.deepEqual(
    ours().map(([name]) => name),
    ["lo", "vb"],
  );
  t.true(Number(ours()[1]![6]) >= 7);
});

const watched = async (t: ExecutionContext, pause: string): Promise<{ told: PacketsPerInterrupt; vb: HostNic }> => {
  const { from, sink } = await joined(t);
  const network = openHostNetwork({ pid: sink.pid! });
  t.teardown(network.close);
  start(t, from, "send", "10.77.0.2", "4", pause);
  await eventually("the client", () => sink.said.includes("napi"));
  const before = network.read()!;
  await delay(1000);
  const after = network.read()!;
  const vb = after.nics.find(({ name }) => name === "vb")!;
  t.deepEqual(
    vb.napis!.map(({ id }) => id),
    [Number(/napi (\d+)/.exec(sink.said)![1])],
  );
  return { told: packetsPerInterrupt(before, after, "vb"), vb };
};

live(
  `a NAPI device under full load is never called interrupt-driven, its NAPI is that of its sockets${why}`,
  async (t) => {
    const { told, vb } = await watched(t, "0");
    t.log(told);
    t.like(vb, { kind: "veth", driver: "veth", irqs: undefined, ring: undefined, loopback: false });
    t.is(told.basis, "net-rx-softirqs");
    // Other work of the host raises softirqs too: how far the figure rises above 1 depends on it.
    t.true(told.figure! > 3);
    t.not(told.mode, "interrupt-driven");
  },
);

live(`the same device with a packet now and then is never called polling${why}`, async (t) => {
  const { told } = await watched(t, "0.002");
  t.log(told);
  t.true(told.packets > 100);
  t.true(told.figure === undefined || told.figure <= 2);
  t.not(told.mode, "polling");
});

test.serial("every interrupt of a card of this host is called after its device where the driver is virtio", (t) => {
  const { nics, missing } = readHostNetwork();
  t.deepEqual(
    missing.filter(({ source }) => ["links", "qdiscs", "softirqs", "cpu-time", "interrupts"].includes(source)),
    [],
  );
  const virtio = nics.filter(({ parent }) => parent?.bus === "virtio");
  t.log(virtio.map(({ name, irqs }) => `${name}: ${irqs?.map(({ irq, action }) => `${irq} ${action}`).join(", ")}`));
  for (const { name, parent, irqs } of virtio) {
    t.true(irqs!.every(({ action }) => action!.startsWith(`${parent!.name}-`)));
    t.deepEqual(
      irqs!.map(({ irq }) => irq),
      readNicIrqs(name)!.slice(),
    );
  }
  t.deepEqual(nics.find(({ loopback }) => loopback)?.irqs, undefined);
});

live(
  `a driver that answers with more than was given room for is refused, and nothing is written beyond${why}`,
  async (t) => {
    const { sink } = await joined(t);
    const socket = new binding!.NetlinkSocket();
    t.teardown(() => socket.close());
    t.deepEqual(socket.open(sink.pid!, 16), [0, ""]);
    const name = new Uint8Array(16);
    name.set(new TextEncoder().encode("vb"));
    const drvinfo = new Uint8Array(256).fill(0xee);
    drvinfo.set([3, 0, 0, 0]);
    t.is(socket.ethtool(name, drvinfo.subarray(0, 100)), -14);
    t.true(drvinfo.subarray(4).every((byte) => byte === 0xee));
    t.is(socket.ethtool(name, drvinfo.subarray(0, 196)), 196);
    t.true(drvinfo.subarray(196).every((byte) => byte === 0xee));
  },
);

const v1 = "/sys/fs/cgroup/memory";
const limited = possible && existsSync(`${v1}/memory.kmem.tcp.limit_in_bytes`);
(limited ? test.serial : test.serial.skip)(
  `sockets that nobody reads show against the limit of their cgroup${limited ? "" : " (needs root and cgroup v1)"}`,
  async (t) => {
    const folder = `${v1}/sockscope-${process.pid}`;
    mkdirSync(folder);
    // A cgroup can be removed once its last process has been reaped, which is before these undo one another.
    t.teardown(() => rmdirSync(folder));
    writeFileSync(`${folder}/memory.kmem.tcp.limit_in_bytes`, "1048576");
    const child = spawn("python3", [`${packageRoot}/test/live/unread.py`, `${folder}/cgroup.procs`], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    t.teardown(() => new Promise<void>((done) => child.once("exit", () => done()).kill("SIGKILL")));
    await new Promise((filled) => child.stdout.once("data", filled));
    const memory = readCgroupMemory({ pid: child.pid! })!;
    t.like(memory, { version: 1, limitBytes: 1048576 });
    t.true(memory.socketBytes! > 900_000);
    t.is(memory.usageBytes, memory.socketBytes);
  },
);
