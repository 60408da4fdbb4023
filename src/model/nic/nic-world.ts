// The machine of a scenario: CPUs with their backlogs, the card's queues, the wire.
import { type Backlog, createBacklog } from "./backlog.js";
import { type Cpu, createCpu } from "./cpu.js";
import { createDeviceQueue, type DeviceQueue, receive } from "./device-queue.js";
import { createEngine, type Engine } from "../engine.js";
import type { Packet } from "./ring.js";
import type { NicScenario } from "./scenario.js";
import { type NicSetup, setupOf } from "./setup.js";
import { createNicStats, type NicStats } from "./stats.js";
import { queueOf, rpsCpuOf } from "./steering.js";
import { startTasks, systemCall } from "./tasks.js";
import { startWire } from "./wire.js";

export interface NicWorld {
  readonly engine: Engine;
  readonly setup: NicSetup;
  readonly stats: NicStats;
  readonly cpus: readonly Cpu[];
  readonly backlogs: readonly Backlog[];
  /** None of a device without NAPI. */
  readonly queues: readonly DeviceQueue[];
}

/** A sender on this machine hands a packet to netif_rx: steered, or to its own CPU's backlog, and worked off at once. */
const sendLocally =
  ({ setup, cpus, backlogs }: NicWorld) =>
  (packet: Packet, next: () => void): void => {
    const cpu = cpus[setup.queueCpus[0]!]!;
    const target = setup.rpsCpus.length > 0 ? rpsCpuOf(packet, 1, setup.rpsCpus) : cpu.id;
    systemCall(cpu, setup.driverNs, () => {
      backlogs[target]!.enqueue(cpu, packet);
      next();
    });
  };

export function createNicWorld(scenario: NicScenario, tell: Cpu["tell"]): NicWorld {
  const setup = setupOf(scenario);
  const engine = createEngine(scenario.seed ?? 1);
  const stats = createNicStats();
  const cpus = Array.from({ length: setup.cpuCount }, (_, id) => createCpu(id, engine, setup, tell));
  const hasNapi = setup.device === "nic";
  const backlogs = cpus.map((cpu) => createBacklog(cpu, stats, !hasNapi));
  for (const cpu of cpus) startTasks(cpu);
  const queues = hasNapi
    ? setup.queueCpus.map((cpu, index) => createDeviceQueue(index, cpus[cpu]!, stats, backlogs))
    : [];
  const world: NicWorld = { engine, setup, stats, cpus, backlogs, queues };
  const send = sendLocally(world);
  startWire(engine, scenario.arrivals, setup.wireNs, (packet, next) => {
    stats.arrivals += 1;
    if (!hasNapi) return send(packet, next);
    receive(queues[queueOf(packet, queues.length)]!, packet);
    next();
  });
  return world;
}
