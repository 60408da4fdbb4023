// A Node process that reads a UDP socket: libuv receives up to 32 datagrams a turn (uv__udp_recvmsg), and JavaScript handles
// one after another.
import { type Engine, nanosPerMs, priority, toNanos } from "../engine.js";
import type { DatagramQueue } from "./receive-queue.js";
import type { DatagramScenario } from "./scenario.js";

const datagramsPerTurn = 32;
/** Some timer of the process turns its loop. */
const timerNanos = toNanos(0.1);

export interface DatagramReader {
  /** Something has arrived. */
  wake(): void;
  idleMs(): number;
  turns(): number;
  isBusy(): boolean;
}

export function createDatagramReader(
  engine: Engine,
  queue: DatagramQueue,
  { serviceTime, stalls = [], pauses = [] }: DatagramScenario["reader"],
): DatagramReader {
  const service = toNanos(serviceTime);
  const spans = pauses.map(({ from, until }) => ({ from: toNanos(from), until: toNanos(until) }));
  let [idle, turns, left, stalled] = [0, 0, 0, 0];
  let idleSince: number | undefined = 0;

  const isPaused = (): boolean => spans.some(({ from, until }) => from <= engine.now() && engine.now() < until);
  const endIdle = (): void => {
    if (idleSince === undefined) return;
    idle += engine.now() - idleSince;
    idleSince = undefined;
    turns += 1;
    left = datagramsPerTurn;
  };
  const after = (nanos: number): void => engine.at(engine.now() + nanos, priority.server, step);
  const step = (): void => {
    const stall = stalled;
    stalled = 0;
    if (stall > 0) {
      after(stall);
      return;
    }
    if (!isPaused() && queue.shift() !== undefined) {
      left -= 1;
      if (left === 0) {
        turns += 1;
        left = datagramsPerTurn;
      }
      after(service);
      return;
    }
    idleSince = engine.now();
  };
  const wake = (): void => {
    if (idleSince === undefined || (stalled === 0 && (isPaused() || queue.length() === 0))) return;
    endIdle();
    step();
  };
  const tick = (): void => {
    if (idleSince !== undefined) turns += 1;
    engine.at(engine.now() + timerNanos, priority.server, tick);
  };
  tick();
  for (const { at, duration } of stalls)
    engine.at(toNanos(at), priority.server, () => {
      stalled += toNanos(duration);
      wake();
    });
  for (const { until } of spans) engine.at(until, priority.server, wake);
  return {
    wake,
    idleMs: () => (idle + (idleSince === undefined ? 0 : engine.now() - idleSince)) / nanosPerMs,
    turns: () => turns,
    isBusy: () => idleSince === undefined,
  };
}
