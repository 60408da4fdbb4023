// What net_rx_action can poll (struct napi_struct): a device's queue, or a CPU's backlog.
import type { Cpu } from "./cpu.js";

export interface Napi {
  /** The poll of at most `weight` packets; `done` is told how many it took. Fewer than the weight: it is complete. */
  poll(cpu: Cpu, done: (work: number) => void): void;
  readonly weight: number;
  /** NAPI_STATE_SCHED: on a poll list, or being polled. */
  scheduled: boolean;
}

/** Onto this CPU's poll list; net_rx_action finds it there, else NET_RX is raised (____napi_schedule). */
export function putOnPollList(cpu: Cpu, napi: Napi): void {
  napi.scheduled = true;
  cpu.pollList.push(napi);
  if (!cpu.inNetRxAction || !cpu.setup.refillsPass) cpu.raised = true;
}
