// A CPU's softnet backlog: packets of devices without NAPI, and packets that were steered here (net/core/dev.c
// enqueue_to_backlog, process_backlog, napi_schedule_rps).
import { type Cpu, spend } from "./cpu.js";
import { type Napi, putOnPollList } from "./napi.js";
import { toSeconds } from "../engine.js";
import { createPacketQueue, type Packet } from "./ring.js";
import { countPoll, type NicStats } from "./stats.js";
import { interrupt } from "./tasks.js";

export interface Backlog {
  readonly cpu: Cpu;
  readonly napi: Napi;
  /** Packets that wait: input and process queue. */
  length(): number;
  /** From CPU `from`, which interrupts this one where it is another. */
  enqueue(from: Cpu, packet: Packet): void;
}

/** `countsPolls`: the device has no NAPI of its own. */
export function createBacklog(cpu: Cpu, stats: NicStats, countsPolls: boolean): Backlog {
  const { maxBacklog, stackNs, pollNs, weight } = cpu.setup;
  const input = createPacketQueue();
  const processing = createPacketQueue();
  const finish = (work: number, done: (work: number) => void): void => {
    if (countsPolls) countPoll(stats, work, weight);
    cpu.tell(cpu, `backlog polled: ${work} packets${work < weight ? ", empty now" : `, full: ${length()} still wait`}`);
    done(work);
  };
  const length = (): number => input.length() + processing.length();
  const take = (work: number, done: (work: number) => void) => {
    if (processing.length() === 0) processing.splice(input);
    const packet = processing.take();
    if (!packet) {
      napi.scheduled = false;
      return finish(work, done);
    }
    spend(cpu, stackNs, () => {
      cpu.softnet.processed += 1;
      stats.waits.add(toSeconds(cpu.engine.now() - packet.at));
      if (work + 1 >= weight) finish(work + 1, done);
      else take(work + 1, done);
    });
  };
  const napi: Napi = {
    weight,
    scheduled: false,
    poll: (_, done) => {
      for (const send of cpu.ipis.splice(0)) send();
      spend(cpu, pollNs, () => take(0, done));
    },
  };
  const scheduleFrom = (from: Cpu): void => {
    napi.scheduled = true;
    from.ipis.push(() =>
      interrupt(cpu, () => {
        cpu.softnet.receivedRps += 1;
        cpu.tell(cpu, `interrupted by CPU ${from.id}: packets were steered here`);
        putOnPollList(cpu, napi);
      }),
    );
    if (!from.inNetRxAction) from.raised = true;
  };
  const enqueue = (from: Cpu, packet: Packet): void => {
    // The queue that is being worked off does not count, and the limit is passed by one.
    if (input.length() > maxBacklog) {
      cpu.softnet.dropped += 1;
      stats.backlogDrops += 1;
      return;
    }
    input.put(packet);
    if (napi.scheduled) return;
    if (from === cpu) putOnPollList(cpu, napi);
    else scheduleFrom(from);
  };
  return { cpu, napi, length, enqueue };
}
