// Whether an event loop stood still between two looks: no iteration more, no time asleep in epoll_wait.
import type { LoopReading } from "./snapshot.js";

/** libuv's idle time runs on while a loop sleeps; less than this between two looks is its clock's granularity. */
const idleNoiseMs = 0.05;

type Turning = Pick<LoopReading, "idleMs" | "iterations">;

export const isStill = (before: Turning, now: Turning): boolean =>
  now.iterations === before.iterations && (now.idleMs ?? 0) - (before.idleMs ?? 0) < idleNoiseMs;
