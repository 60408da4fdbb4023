// A receive queue of a card: ring, interrupt, NAPI. An interrupt masks the next ones until a poll finds less than its
// weight (Documentation/networking/napi.rst; net/core/dev.c napi_schedule, napi_complete_done, napi_watchdog).
import type { Backlog } from "./backlog.js";
import { type Cpu, spend } from "./cpu.js";
import { priority, toSeconds } from "../engine.js";
import { createGro } from "./gro.js";
import { type Napi, putOnPollList } from "./napi.js";
import { createPacketQueue, type Packet, type PacketQueue } from "./ring.js";
import { countPoll, type NicStats } from "./stats.js";
import { rpsCpuOf } from "./steering.js";
import { interrupt, type Task, wake } from "./tasks.js";
import { createPollThread } from "./thread.js";

export interface DeviceQueue {
  readonly index: number;
  readonly cpu: Cpu;
  readonly ring: PacketQueue;
  readonly napi: Napi;
  received: number;
  interrupts: number;
  ringDrops: number;
  // inside
  readonly stats: NicStats;
  readonly backlogs: readonly Backlog[];
  isMasked: boolean;
  /** Polls without packets that may still come before the interrupt is let through. */
  deferrals: number;
  thread?: Task | undefined;
}

const handOver = (queue: DeviceQueue) => {
  const { cpu, napi, thread } = queue;
  if (napi.scheduled) return;
  if (!thread) return putOnPollList(cpu, napi);
  napi.scheduled = true;
  wake(cpu, thread);
};

/** The card interrupts, after its pause; until the poll is complete it does so no more. */
function raiseInterrupt(queue: DeviceQueue): void {
  const { cpu, stats, index } = queue;
  const { engine, setup } = cpu;
  queue.isMasked = true;
  const raise = (): void => {
    queue.interrupts += 1;
    stats.interrupts += 1;
    cpu.interrupts += 1;
    cpu.tell(cpu, `queue ${index} interrupts and is masked: ${queue.ring.length()} in its ring`);
    interrupt(cpu, () => handOver(queue));
  };
  if (setup.interruptPauseNs === 0) raise();
  else engine.at(engine.now() + setup.interruptPauseNs, priority.timer, raise);
}

/** A packet from the wire. */
export function receive(queue: DeviceQueue, packet: Packet): void {
  if (!queue.ring.put(packet)) {
    queue.ringDrops += 1;
    queue.stats.ringDrops += 1;
    return;
  }
  queue.received += 1;
  if (!queue.isMasked) raiseInterrupt(queue);
}

/** A poll that found less than its weight: the interrupt comes back, or a timer polls again before it may. */
function complete(queue: DeviceQueue, work: number): string {
  const { cpu, napi, ring } = queue;
  const { deferHardIrqs, groFlushNs, rechecks } = cpu.setup;
  const { engine } = cpu;
  napi.scheduled = false;
  if (work > 0) queue.deferrals = deferHardIrqs;
  if (queue.deferrals > 0 && groFlushNs > 0) {
    queue.deferrals -= 1;
    engine.at(engine.now() + groFlushNs, priority.timer, () => interrupt(cpu, () => handOver(queue)));
    return "a timer will poll again";
  }
  queue.isMasked = false;
  if (ring.length() === 0) return "interrupt on again";
  if (rechecks) {
    queue.isMasked = true;
    handOver(queue);
    return `${ring.length()} came meanwhile: polled again`;
  }
  // What came since the last look interrupts as soon as it may.
  raiseInterrupt(queue);
  return "interrupt on again";
}

/** Packets that driver and GRO are done with (gro_normal_list): up to the protocols, or to other CPUs. */
function deliver(queue: DeviceQueue, packets: Packet[], next: () => void) {
  const { cpu, stats, backlogs } = queue;
  const { rpsCpus, queueCpus, stackNs } = cpu.setup;
  if (rpsCpus.length > 0)
    for (const packet of packets.splice(0)) backlogs[rpsCpuOf(packet, queueCpus.length, rpsCpus)]!.enqueue(cpu, packet);
  if (packets.length === 0) return next();
  // One step for all of them: nothing looks at them before the last one is through.
  spend(cpu, packets.length * stackNs, () => {
    const end = cpu.engine.now();
    cpu.softnet.processed += packets.length;
    for (const [place, { at }] of packets.entries())
      stats.waits.add(toSeconds(end - (packets.length - 1 - place) * stackNs - at));
    packets.length = 0;
    next();
  });
}

/** The ring is looked at before what was fetched last goes up: what comes meanwhile is the next poll's. */
function poll(queue: DeviceQueue, done: (work: number) => void): void {
  const { cpu, napi, ring, stats, index } = queue;
  const { pollNs, driverNs, groSegments, normalBatch } = cpu.setup;
  const beginsNew = createGro(groSegments);
  const fetched: Packet[] = [];
  const finish = (work: number): void => {
    countPoll(stats, work, napi.weight);
    const then = work < napi.weight ? complete(queue, work) : `full: ${ring.length()} still in the ring`;
    cpu.tell(cpu, `queue ${index} polled: ${work} packets, ${then}`);
    done(work);
  };
  const take = (work: number) => {
    const room = Math.min(normalBatch - fetched.length, napi.weight - work, ring.length());
    if (room === 0) return deliver(queue, fetched, () => finish(work));
    spend(cpu, room * driverNs, () => {
      for (let left = room; left > 0; left -= 1) {
        const packet = ring.take()!;
        if (beginsNew(packet)) fetched.push(packet);
      }
      if (fetched.length < normalBatch) take(work + room);
      else deliver(queue, fetched, () => take(work + room));
    });
  };
  spend(cpu, pollNs, () => take(0));
}

export function createDeviceQueue(index: number, cpu: Cpu, stats: NicStats, backlogs: readonly Backlog[]): DeviceQueue {
  const queue: DeviceQueue = {
    index,
    cpu,
    ring: createPacketQueue(cpu.setup.ring),
    napi: { weight: cpu.setup.weight, scheduled: false, poll: (_, done) => poll(queue, done) },
    received: 0,
    interrupts: 0,
    ringDrops: 0,
    stats,
    backlogs,
    isMasked: false,
    deferrals: 0,
  };
  if (cpu.setup.threaded) queue.thread = createPollThread(cpu, queue.napi);
  return queue;
}
