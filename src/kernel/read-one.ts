// One native call for one socket.
import { binding } from "../binding.js";
import { SocketReading } from "./socket-reading.js";
import { rowLayout } from "./socket-row.js";
import { fdOf, type Target } from "./target.js";

const oneFd = new Int32Array(1);

function read(target: Target, readings: number, row: Uint8Array): boolean {
  const fd = fdOf(target);
  if (fd === undefined || !binding) return false;
  oneFd[0] = fd;
  return binding.readSockets(oneFd, 1, readings, row) === 1;
}

/** Takes the readings of the mask into fresh memory. `undefined`: no addon, or the target has no descriptor. */
export function readOne(target: Target, readings: number): SocketReading | undefined {
  const row = new Uint8Array(rowLayout.stride);
  return read(target, readings, row) ? new SocketReading(new DataView(row.buffer), 0) : undefined;
}

const sharedRow = new Uint8Array(rowLayout.stride);
// Made when it is needed: socket-reading.ts leads here while it is still loading.
let shared: SocketReading | undefined;

/** The same into memory that the next call overwrites: for callers who keep no view. */
export function glanceAt(target: Target, readings: number): SocketReading | undefined {
  if (!read(target, readings, sharedRow)) return undefined;
  shared ??= new SocketReading(new DataView(sharedRow.buffer), 0);
  return shared;
}
