// One native call for one socket.
import { binding } from "../binding.js";
import type { MemInfo } from "./mem-info.js";
import { SocketReading } from "./socket-reading.js";
import { readingMask } from "./socket-row.js";
import { fdOf, type Target } from "./target.js";
import type { TcpInfo } from "./tcp-info.js";

const shared = binding && new SocketReading(new DataView(binding.glanceRow), 0);

/** Takes the readings of the mask into memory that the next call overwrites: for callers who keep no view. */
export function glanceAt(target: Target, readings: number): SocketReading | undefined {
  const fd = fdOf(target);
  if (fd === undefined) return undefined;
  binding?.glance(fd, readings);
  return shared;
}

/** The same into fresh memory. `undefined`: no addon, or the target has no descriptor. */
export function readOne(target: Target, readings: number): SocketReading | undefined {
  if (!glanceAt(target, readings) || !binding) return undefined;
  return new SocketReading(new DataView(binding.glanceRow.slice(0)), 0);
}

const tcp = readingMask(["tcpInfo"]);
const memory = readingMask(["memInfo"]);

/**
 * One getsockopt. The view is of this moment and stays as it is.
 * `undefined`: no TCP socket, closed, or not readable here (`support()` says why). TypeError: not a target.
 */
export function readTcpInfo(target: Target): TcpInfo | undefined {
  return readOne(target, tcp)?.tcpInfo;
}

/** One getsockopt, for any kind of socket. `undefined`: closed, or a kernel before 4.12. TypeError: not a target. */
export function readMemInfo(target: Target): MemInfo | undefined {
  return readOne(target, memory)?.memInfo;
}
