// A flight record taken from outside: frames of what is watched, for so long.
import { setTimeout as wait } from "node:timers/promises";
import { recordHeader } from "../../agent/recorder/record-header.js";
import type { Frame } from "../../export/frame/frame.js";
import type { FlightRecord } from "../../export/record/record.js";
import { sharesNetns } from "../../kernel/proc-root.js";
import type { Io } from "../command.js";
import { requireReadings } from "../here.js";
import { type OutsideTarget, openOutside } from "../outside/outside.js";
import { openProgress } from "../progress.js";
import { createSource } from "../top/source.js";

/** Frames of a short record are denser, so that it has some. */
const intervalFor = (durationMs: number): number => Math.min(1000, Math.max(100, durationMs / 10));

/** Ends sooner when it is interrupted, or when the process ends. */
export const recordOutside = async (io: Io, target: OutsideTarget, durationMs: number): Promise<FlightRecord> => {
  requireReadings("addon", "sock_diag");
  const outside = openOutside(target, durationMs);
  io.atExit(() => outside.close());
  const { pid } = target;
  const from = pid !== undefined && sharesNetns({ pid }) === false ? { pid } : {};
  const header = recordHeader({ pid, started: Date.now(), from });
  const source = createSource(outside, target, intervalFor(durationMs), io.interrupted);
  const frames: Frame[] = [];
  const until = performance.now() + durationMs;
  const progress = openProgress(io);
  while (!io.interrupted.aborted && !source.isOver) {
    const frame = source.look();
    if (frame) frames.push(frame);
    const leftMs = until - performance.now();
    if (leftMs <= 0) break;
    progress.tell(`recording, ${Math.ceil(leftMs / 1000)} s left`);
    await wait(Math.min(source.pauseMs, leftMs));
  }
  progress.end();
  return { header, frames, lost: 0 };
};
