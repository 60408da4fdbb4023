// The process's own sockets, found by walking its descriptors in C++: proc_pid_fd(5). Every library's sockets
// are seen. From the second call of a thread on, no descriptor is opened: it works at EMFILE.
import { binding } from "../binding.js";
import { type ReadingName, readingMask } from "./socket-row.js";
import { SocketTable } from "./socket-table.js";

export interface WalkOptions {
  /** What to read of each socket found. Default: what it is and where it is bound. */
  readonly readings?: readonly ReadingName[] | undefined;
  /** Only listening sockets (SO_ACCEPTCONN): the others cost one system call each. */
  readonly listeningOnly?: boolean | undefined;
  /** Memory to read into; its rows change. Default: new memory. */
  readonly into?: SocketWalk | undefined;
}

/** The sockets found. */
export class SocketWalk extends SocketTable {
  /** Open descriptors of the process, of any kind. */
  fdCount = 0;
  /** True: some descriptors could not be visited. */
  partial = false;
  override toJSON(): unknown {
    const { fdCount, partial } = this;
    return { fdCount, partial, rows: [...this] };
  }
}

const identity = readingMask([
  "cookieBefore",
  "listening",
  "type",
  "domain",
  "protocol",
  "local",
  "remote",
  "inode",
  "cookie",
]);
const roomAtFirst = 64;

/** `undefined` where there is no addon. One getsockopt per descriptor, then the readings per socket. */
export function walkSockets(options: WalkOptions = {}): SocketWalk | undefined {
  if (!binding) return undefined;
  const readings = options.readings ? readingMask(options.readings) : identity;
  const table = options.into ?? new SocketWalk(roomAtFirst);
  const count = new Uint32Array(3);
  // Sockets opened meanwhile by other threads may outgrow the room once more: a third round finds them.
  for (let round = 0; round < 3; round++) {
    binding.walkSockets(readings, options.listeningOnly ? 1 : 0, table.bytes, count);
    if (count[1]! <= table.capacity) break;
    table.reserve(Math.ceil(count[1]! * 1.25));
  }
  // As many as there was room for.
  table.length = Math.min(count[1]!, table.capacity);
  table.fdCount = count[0]!;
  table.partial = count[2] === 1 || count[1]! > table.capacity;
  return table;
}

/** Which sockets there are, and nothing else: four words a socket. */
export interface CookieWalk {
  /** Cookie's low and high half, descriptor, unused. */
  words: Uint32Array;
  length: number;
  /** True: some descriptors could not be visited. */
  partial: boolean;
  /** The same sockets under the same descriptors as the time before, and all of them. */
  isSame: boolean;
  /** What they were the time before: memory for the next. */
  former: Uint32Array;
}

export const createCookieWalk = (): CookieWalk => ({
  words: new Uint32Array(4 * roomAtFirst),
  length: 0,
  partial: true,
  isSame: false,
  former: new Uint32Array(4 * roomAtFirst),
});

const bytesOf = (words: Uint32Array, length: number): Buffer => Buffer.from(words.buffer, 0, 16 * length);

/** Walks the descriptors for cookies alone: about 1 µs a socket. False where there is no addon. */
export function walkCookies(into: CookieWalk): boolean {
  if (!binding) return false;
  const { length: lengthBefore, partial: wasPartial } = into;
  [into.words, into.former] = [into.former, into.words];
  const count = new Uint32Array(3);
  for (let round = 0; round < 3; round++) {
    binding.walkCookies(into.words, count);
    if (4 * count[1]! <= into.words.length) break;
    into.words = new Uint32Array(4 * Math.ceil(count[1]! * 1.25));
  }
  const { words, former } = into;
  const length = Math.min(count[1]!, words.length / 4);
  into.length = length;
  into.partial = count[2] === 1 || count[1]! > length;
  const isWhole = !into.partial && !wasPartial && length === lengthBefore;
  into.isSame = isWhole && bytesOf(words, length).equals(bytesOf(former, length));
  return true;
}
