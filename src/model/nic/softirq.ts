// NET_RX softirqs: which NAPIs one pass polls, what ends it, how often it is begun anew, and when ksoftirqd takes over
// (net/core/dev.c net_rx_action, kernel/softirq.c handle_softirqs).
import { type Cpu, jiffies } from "./cpu.js";
import type { Napi } from "./napi.js";

const mostRestarts = 10;
const mostMs = 2;

/** One pass: each NAPI on the list once, until the budget of packets or of jiffies is used up. */
function netRxAction(cpu: Cpu, done: () => void): void {
  const { setup } = cpu;
  const timeLimit = jiffies(cpu) + setup.budgetJiffies;
  const repoll: Napi[] = [];
  let { budget } = setup;
  let list: Napi[] = [];
  const leave = (): void => {
    cpu.pollList = [...list, ...cpu.pollList, ...repoll];
    cpu.inNetRxAction = false;
    if (cpu.pollList.length > 0) cpu.raised = true;
    for (const send of cpu.ipis.splice(0)) send();
    done();
  };
  const start = (): void => {
    cpu.inNetRxAction = true;
    list = cpu.pollList;
    cpu.pollList = [];
    next();
  };
  const next = (): void => {
    const napi = list.shift();
    if (napi) napi.poll(cpu, (work) => polled(napi, work));
    else if (setup.refillsPass && repoll.length === 0 && cpu.pollList.length > 0) start();
    else leave();
  };
  const polled = (napi: Napi, work: number) => {
    // What was full goes to the next pass: a single busy queue alone never uses up a budget of 300.
    if (work >= napi.weight) (setup.repollsInPass ? list : repoll).push(napi);
    budget -= work;
    if (budget > 0 && jiffies(cpu) < timeLimit) return next();
    const isOver = list.length + repoll.length === 0 && setup.repollsInPass;
    if (isOver) return next();
    cpu.softnet.timeSqueeze += 1;
    cpu.tell(cpu, `softirq left: ${budget > 0 ? "its time" : "its budget of packets"} is used up (time_squeeze)`);
    leave();
  };
  start();
}

/** Runs what is pending, for 2 ms or ten passes; `done` is told whether something is left, which is ksoftirqd's. */
export function handleSoftirqs(cpu: Cpu, done: (isLeft: boolean) => void): void {
  const end = jiffies(cpu) + Math.max(1, Math.ceil((mostMs * 1e6) / cpu.setup.jiffyNs));
  let restarts = mostRestarts;
  const pass = (): void => {
    cpu.raised = false;
    cpu.softirqs += 1;
    netRxAction(cpu, () => {
      restarts -= 1;
      if (cpu.raised && jiffies(cpu) < end && !cpu.needsResched && restarts > 0) pass();
      else done(cpu.raised);
    });
  };
  pass();
}
