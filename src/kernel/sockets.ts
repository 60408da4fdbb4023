// Many own sockets in one native call: getsockopt(2) and ioctl(2) on each, no allocation per socket.
import { binding } from "../binding.js";
import { SocketTable } from "./socket-table.js";
import { type ReadingName, readingMask } from "./socket-row.js";
import { fdOf, type Target } from "./target.js";

export interface ReadSocketsOptions {
  /** What to read: one system call each. Default: all that an established connection tells. */
  readonly readings?: readonly ReadingName[] | undefined;
  /** Memory to read into; its rows change. Default: new memory. */
  readonly into?: SocketTable | undefined;
}

// SIOCOUTQNSD is left out: tcp_info has the same figure.
const usual = readingMask(["cookieBefore", "tcpInfo", "memInfo", "recvQ", "sendQ", "cookie"]);

let scratch = new Int32Array(64);
function fdsOf(targets: readonly Target[] | Int32Array): Int32Array {
  if (targets instanceof Int32Array) return targets;
  if (targets.length > scratch.length) scratch = new Int32Array(2 * targets.length);
  for (let i = 0; i < targets.length; i++) scratch[i] = fdOf(targets[i]!) ?? -1;
  return scratch;
}

/**
 * Row `i` is target `i`; a closed one, or one without descriptor, has `valid` false and no readings.
 * Empty where there is no addon. TypeError: something is not a target.
 */
export function readSockets(targets: readonly Target[] | Int32Array, options: ReadSocketsOptions = {}): SocketTable {
  const table = (options.into ?? new SocketTable(targets.length)).reserve(targets.length);
  const readings = options.readings ? readingMask(options.readings) : usual;
  if (binding) table.length = binding.readSockets(fdsOf(targets), targets.length, readings, table.bytes);
  return table;
}

/**
 * Which sockets hold anything: something is to be read, sent, acknowledged, or stands behind a gap. Their places in `fds`
 * into `into`, in order; how many. One SO_MEMINFO each (kernel net/core/sock.c sk_get_meminfo), which takes no lock on the
 * socket, and no row. 0 where there is no addon.
 */
export function findInUse(fds: Int32Array, into: Int32Array): number {
  return binding?.findInUse(fds, into) ?? 0;
}
