// One write that never waits: send(2) with MSG_DONTWAIT, or write(2) on a non-blocking description.
import { binding } from "../binding.js";

const ENOSYS = 38;

/**
 * Bytes taken (fewer than given: the rest did not fit), or a negative errno: -11 (EAGAIN) full, -22 (EINVAL)
 * the description is a blocking one and neither socket nor pipe, -38 (ENOSYS) no addon. Raises no SIGPIPE on sockets.
 */
export function writeNow(fd: number, bytes: Uint8Array): number {
  return binding ? binding.writeNow(fd, bytes) : -ENOSYS;
}
