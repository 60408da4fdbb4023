// One native call for one socket.
import { binding } from "../binding.js";
import { SocketReading } from "./socket-reading.js";
import { fdOf, type Target } from "./target.js";

// Made when it is needed: socket-reading.ts leads here while it is still loading.
let shared: SocketReading | undefined;

/** Takes the readings of the mask into memory that the next call overwrites: for callers who keep no view. */
export function glanceAt(target: Target, readings: number): SocketReading | undefined {
  const fd = fdOf(target);
  if (fd === undefined || !binding) return undefined;
  binding.glance(fd, readings);
  shared ??= new SocketReading(new DataView(binding.glanceRow), 0);
  return shared;
}

/** The same into fresh memory. `undefined`: no addon, or the target has no descriptor. */
export function readOne(target: Target, readings: number): SocketReading | undefined {
  if (!glanceAt(target, readings) || !binding) return undefined;
  return new SocketReading(new DataView(binding.glanceRow.slice(0)), 0);
}
