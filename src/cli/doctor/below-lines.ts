// What lies below the sockets as lines of text. Pure.
import { bytes, count, percent, rate } from "../../explain/format.js";
import { speaksOfRing } from "../../explain/network/ring.js";
import { wrap } from "../view/columns.js";
import type { Below, DoctorNic } from "./below.js";

/** Under an interface's own line: queues, ring, interrupts, how it is served, what it has lost. */
export function interfaceLines(nic: DoctorNic, below: Below, width: number): readonly string[] {
  const facts = [queues(nic), ring(nic), interrupts(nic, below), served(nic), outgoing(nic)];
  const lost = losses(nic);
  const said = facts.filter((fact) => fact !== undefined);
  const lines = said.length === 0 ? [] : wrap(said.join("; "), width, "    ");
  return lost.length === 0 ? lines : [...lines, ...wrap(`lost since it exists: ${lost.join(", ")}`, width, "    ")];
}

function queues({ channels, rxQueues, loopback }: DoctorNic): string | undefined {
  if (loopback) return undefined;
  if (channels && channels.combinedMax > 0)
    return `${channels.combined} of at most ${count(channels.combinedMax, "queue")}`;
  return rxQueues === undefined ? undefined : count(rxQueues, "receive queue");
}

function ring({ ring: sizes }: DoctorNic): string | undefined {
  return sizes && `receive ring ${sizes.rx} of at most ${sizes.rxMax}`;
}

function interrupts({ irqs }: DoctorNic, { interruptCpus }: Below): string | undefined {
  const bring = (irqs ?? []).filter(({ role }) => role?.serves !== "tx" && role?.serves !== "control");
  const sums = interruptCpus.map((_, column) => bring.reduce((sum, { counts }) => sum + (counts[column] ?? 0), 0));
  const all = sums.reduce((sum, n) => sum + n, 0);
  if (bring.length === 0 || all === 0) return undefined;
  const shares = sums.flatMap((n, column) => (n === 0 ? [] : [`${percent(n / all)} at CPU ${interruptCpus[column]}`]));
  return `${count(bring.length, "interrupt line")}, ${shares.slice(0, 4).join(", ")}${shares.length > 4 ? ", …" : ""}`;
}

function served({ perInterrupt }: DoctorNic): string | undefined {
  if (perInterrupt?.figure === undefined) return undefined;
  const per = perInterrupt.basis === "interrupts" ? "interrupt" : "softirq, at least";
  const mode = perInterrupt.mode === "unknown" ? "" : `: ${perInterrupt.mode}`;
  return `${rate(perInterrupt.figure)} packets per ${per}${mode}`;
}

function outgoing({ qdiscs }: DoctorNic): string | undefined {
  const kinds = [...new Set((qdiscs ?? []).map(({ kind }) => kind))].filter((kind) => kind !== "noqueue");
  return kinds.length === 0 ? undefined : `sends through ${kinds.join(", ")}`;
}

function losses({ statistics, driverDrops, qdiscs }: DoctorNic): readonly string[] {
  const named = ["rx_missed_errors", "rx_fifo_errors", "rx_dropped", "tx_dropped"] as const;
  const drivers = Object.entries(driverDrops ?? {}).filter(([name]) => speaksOfRing(name));
  const pairs = [
    ...named.map((name) => [name, Number(statistics[name] ?? 0)] as const),
    ...drivers.map(([name, value]) => [`${name} (driver)`, Number(value ?? 0)] as const),
    ...(qdiscs ?? []).map(({ kind, handle, drops }) => [`by ${kind} ${handle}`, drops ?? 0] as const),
  ];
  return pairs.filter(([, lost]) => lost > 0).map(([name, lost]) => `${lost} ${name}`);
}

/** The whole host's: receive work and memory, and this cgroup's. */
export function hostLines({ cpus, settings, tcpMemory, cgroupMemory }: Below, width: number): readonly string[] {
  const sum = (name: "dropped" | "timeSqueeze"): number =>
    cpus.reduce((all, { softnet }) => all + (softnet?.[name] ?? 0), 0);
  const shown = Object.entries(settings).filter(([, value]) => value !== undefined);
  const { pages, limits, pageBytes = 4096, orphans, maxOrphans } = tcpMemory ?? {};
  const limit = cgroupMemory?.limitBytes;
  const lines = [
    `softnet: ${sum("dropped")} packets dropped, ${sum("timeSqueeze")} squeezes since the host began (says nothing about now)`,
    shown.length === 0
      ? "netdev_max_backlog, netdev_budget: unknown, not shown in this network namespace"
      : shown.map(([name, value]) => `${name} ${value}`).join(", "),
    pages === undefined
      ? undefined
      : `TCP's memory: ${bytes(pages * pageBytes)}, ${limits ? `pressure begins at ${bytes(limits.pressure * pageBytes)}` : "its limits are unknown, not shown in this network namespace"}`,
    orphans === undefined ? undefined : `orphans: ${orphans} of at most ${maxOrphans ?? "unknown"}`,
    cgroupMemory === undefined
      ? undefined
      : `cgroup v${cgroupMemory.version}: sockets hold ${cgroupMemory.socketBytes === undefined ? "?" : bytes(cgroupMemory.socketBytes)}, limit ${limit === undefined ? "unknown" : limit === "none" ? "none" : bytes(limit)}`,
  ];
  return lines.flatMap((line) => (line === undefined ? [] : wrap(line, width, "  ", "    ")));
}
