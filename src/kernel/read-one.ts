// One native call for one socket.
import { binding } from "../binding.js";
import { SocketReading } from "./socket-reading.js";
import { rowLayout } from "./socket-row.js";
import { fdOf, type Target } from "./target.js";

const oneFd = new Int32Array(1);

/** Takes the readings of the mask into fresh memory. `undefined`: no addon, or the target has no descriptor. */
export function readOne(target: Target, readings: number): SocketReading | undefined {
  const fd = fdOf(target);
  if (fd === undefined || !binding) return undefined;
  oneFd[0] = fd;
  const row = new Uint8Array(rowLayout.stride);
  binding.readSockets(oneFd, 1, readings, row);
  return new SocketReading(new DataView(row.buffer), 0);
}
