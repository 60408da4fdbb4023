import test from "ava";
import fc from "fast-check";
import { type CpuTime, parseCpuTimes, readCpuTimes } from "../../src/kernel/cpu-time.js";
import { cpuShares } from "../../src/snapshot/cpu-shares.js";
import { parseInterrupts, readInterrupts } from "../../src/kernel/interrupts.js";
import { irqRole, readDeviceIrqs, readNicIrqs, selectNicIrqs } from "../../src/kernel/nic-irqs.js";
import { parseSoftirqs, readSoftirqs } from "../../src/kernel/softirqs.js";
import { fixture } from "./fixture.js";
import { procTree } from "./proc-tree.js";

test("softirqs gives NET_RX and NET_TX of every CPU", (t) => {
  const root = procTree(t, {
    softirqs:
      "                    CPU0       CPU2       \n          HI:          0          0\n" +
      "      NET_TX:        485        451\n      NET_RX:     144117 4294967295\n",
  });
  t.deepEqual(readSoftirqs({ proc: root }), [
    { cpu: 0, netRx: 144117, netTx: 485 },
    { cpu: 2, netRx: 4294967295, netTx: 451 },
  ]);
  t.is(readSoftirqs({ proc: `${root}/none` }), undefined);
});

test("softirqs of 6.18 has both CPUs", (t) => {
  t.deepEqual(
    parseSoftirqs(fixture("6.18/softirqs")).map(({ cpu, netRx }) => [cpu, netRx! > 100_000]),
    [
      [0, true],
      [1, true],
    ],
  );
});

test("a damaged softirqs leaves out what is not a number", (t) => {
  t.deepEqual(parseSoftirqs(" CPU0 CPU1\nNET_RX: 7\nNET_TX: x 3\n"), [
    { cpu: 0, netRx: 7, netTx: undefined },
    { cpu: 1, netRx: undefined, netTx: 3 },
  ]);
});

test("each CPU's time is read in milliseconds, nice among the user's", (t) => {
  const root = procTree(t, { stat: fixture("6.18/stat") });
  t.deepEqual(readCpuTimes({ proc: root })![1], {
    cpu: 1,
    userMs: 77_980,
    systemMs: 39_830,
    idleMs: 1_357_420,
    iowaitMs: 5_570,
    irqMs: 0,
    softirqMs: 2_530,
    stealMs: 22_740,
  });
});

const time = (cpu: number, numbers: Partial<CpuTime>): CpuTime => ({
  cpu,
  userMs: 0,
  systemMs: 0,
  idleMs: 0,
  iowaitMs: 0,
  irqMs: 0,
  softirqMs: 0,
  stealMs: 0,
  ...numbers,
});

test("shares are of the time between two readings, whatever stood before", (t) => {
  const before = [time(0, { userMs: 5000, idleMs: 90_000, iowaitMs: 50 }), time(1, {})];
  const after = [
    time(0, { userMs: 5100, idleMs: 90_300, iowaitMs: 40, softirqMs: 500, stealMs: 100 }),
    time(1, {}),
    time(2, { idleMs: 10 }),
  ];
  t.deepEqual(cpuShares(before, after), [{ cpu: 0, busy: 0.6, softirq: 0.5, steal: 0.1, idle: 0.3 }]);
});

test("interrupts of 6.18 have a chip with its device, and kinds have a sentence", (t) => {
  const { cpus, rows } = parseInterrupts(fixture("6.18/interrupts"));
  t.deepEqual(cpus, [0, 1]);
  const row = (label: string) => rows.find((one) => one.label === label);
  t.like(row("38"), { irq: 38, chip: "PCI-MSIX-0000:00:03.0 1-edge", actions: ["virtio2-input.0"] });
  t.like(row("26"), { irq: 26, chip: "IO-APIC 4-edge", actions: ["ttyS0"] });
  t.like(row("RES"), { irq: undefined, chip: "", actions: ["Rescheduling interrupts"] });
  t.is(row("RES")!.counts.length, 2);
  t.deepEqual(row("ERR"), { label: "ERR", irq: undefined, counts: [0], chip: "", actions: [] });
});

test("interrupts of 4.19 skip an offline CPU, and a line without an action has none", (t) => {
  const { cpus, rows } = parseInterrupts(fixture("4.19/interrupts"));
  t.deepEqual(cpus, [0, 1, 3]);
  t.deepEqual(
    rows.filter(({ irq }) => irq !== undefined && irq >= 124),
    [
      {
        label: "124",
        irq: 124,
        counts: [4294967290, 2, 0],
        chip: "PCI-MSI 1048576-edge",
        actions: ["i40e-ens1f0-TxRx-0"],
      },
      { label: "125", irq: 125, counts: [0, 77, 0], chip: "PCI-MSI 1048577-edge", actions: ["i40e-ens1f0-TxRx-1"] },
      { label: "126", irq: 126, counts: [0, 0, 5], chip: "PCI-MSI 1048578-edge", actions: ["i40e-0000:02:00.0:misc"] },
      {
        label: "127",
        irq: 127,
        counts: [1, 0, 0],
        chip: "IR-PCI-MSI 2097152-edge",
        actions: ["mlx5_comp0@pci:0000:04:00.0"],
      },
      { label: "128", irq: 128, counts: [0, 0, 0], chip: "PCI-MSI 512000-edge", actions: [] },
    ],
  );
});

test("interrupts of an arm64 5.10 have the trigger as a word, and of 2.6.32 a shared line", (t) => {
  const arm = parseInterrupts(fixture("5.10/interrupts")).rows;
  t.like(arm[0], { irq: 11, chip: "GICv3 27 Level", actions: ["arch_timer"] });
  t.like(arm[3], { irq: 38, counts: [0, 90312, 0, 0], chip: "ITS-MSI 81921 Edge", actions: ["eth0-Tx-Rx-0"] });
  t.like(arm[6], { label: "IPI0", irq: undefined, actions: ["Rescheduling interrupts"] });
  const old = parseInterrupts(fixture("2.6.32/interrupts")).rows;
  t.like(old[2], { irq: 17, chip: "IO-APIC-fasteoi", actions: ["ehci_hcd:usb1", "eth1"] });
});

test("only the wanted interrupts are read where some are wanted", (t) => {
  const text = fixture("4.19/interrupts");
  t.deepEqual(parseInterrupts(text, new Set([125, 16])), {
    cpus: [0, 1, 3],
    rows: parseInterrupts(text).rows.filter(({ irq }) => irq === 16 || irq === 125),
  });
});

test("a device's interrupts are its own, a virtio one's those of its PCI device, else its single line", (t) => {
  const root = procTree(t, {
    "sys/devices/pci/0000:00:03.0/msi_irqs/38": "",
    "sys/devices/pci/0000:00:03.0/msi_irqs/37": "",
    "sys/devices/pci/0000:00:03.0/virtio2/subsystem": "-> ../../../../bus/virtio",
    "sys/class/net/eth0/device": "-> ../../../devices/pci/0000:00:03.0/virtio2",
    "sys/devices/bridge/msi_irqs/24": "",
    "sys/devices/bridge/0000:02:00.0/subsystem": "-> ../../../bus/pci",
    "sys/devices/bridge/0000:02:00.0/irq": "17\n",
    "sys/devices/bridge/0000:03:00.0/irq": "17\n",
    "sys/devices/bridge/0000:03:00.0/msi_irqs/124": "",
    "sys/devices/bridge/0000:04:00.0/irq": "0\n",
  });
  const device = (name: string) => readDeviceIrqs(`${root}/sys/devices/bridge/${name}`);
  t.deepEqual(readNicIrqs("eth0", { sys: `${root}/sys` }), [37, 38]);
  t.deepEqual([device("0000:02:00.0"), device("0000:03:00.0"), device("0000:04:00.0")], [[17], [124], undefined]);
  t.is(readNicIrqs("lo", { sys: `${root}/sys` }), undefined);
});

test("the lines of a device's interrupts are taken by number, so that another device's name does not deceive", (t) => {
  const { rows } = parseInterrupts(fixture("6.18/interrupts"));
  t.deepEqual(
    selectNicIrqs(rows, [37, 38, 39]).map(({ irq, action, role }) => ({ irq, action, role })),
    [
      { irq: 37, action: "virtio2-config", role: { serves: "control", queue: undefined } },
      { irq: 38, action: "virtio2-input.0", role: { serves: "rx", queue: 0 } },
      { irq: 39, action: "virtio2-output.0", role: { serves: "tx", queue: 0 } },
    ],
  );
});

test("drivers' names of interrupts tell queue and direction", (t) => {
  const names: Record<string, readonly [string, number?] | undefined> = {
    "eth0-TxRx-3": ["both", 3],
    "i40e-ens1f0-TxRx-11": ["both", 11],
    "eth0-Tx-Rx-0": ["both", 0],
    "mlx5_comp7@pci:0000:04:00.0": ["both", 7],
    "mlx5_async0@pci:0000:04:00.0": ["control"],
    "ena-mgmnt@pci:0000:00:05.0": ["control"],
    "i40e-0000:02:00.0:misc": ["control"],
    "eth0-rx-1": ["rx", 1],
    "eth0-q2-tx": ["tx", 2],
    eth0: undefined,
  };
  for (const [name, expected] of Object.entries(names))
    t.deepEqual(irqRole(name), expected && { serves: expected[0], queue: expected[1] }, name);
});

test("the parsers of the CPU files are total, and interrupts never have more columns than CPUs", (t) => {
  const word = fc.oneof(
    fc.constantFrom("CPU0", "CPU1", "cpu0", "38:", "LOC:", "NET_RX:", "7", "4294967295", "\n", "  ", "5-edge", "eth0,"),
    fc.string({ maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), (words) => {
      const text = words.join(" ");
      parseSoftirqs(text);
      cpuShares(parseCpuTimes(text), parseCpuTimes(text));
      const { cpus, rows } = parseInterrupts(text);
      irqRole(text);
      return rows.every(({ counts }) => counts.length > 0 && counts.length <= cpus.length);
    }),
  );
  t.is(readInterrupts({ proc: "/none" }), undefined);
});
