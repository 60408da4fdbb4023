// The netlink protocol: netlink(7), kernel net/netlink/af_netlink.c netlink_dump. One request and all its
// replies, checked: sequence, port id, errors (also inside NLMSG_DONE), interruption, truncation, overrun.
// The addon only moves datagrams and drops those that the kernel did not send.

/** Where datagrams go: the addon's NetlinkSocket, or recorded ones in a test. Numbers: bytes, or -errno. */
export interface Link {
  send(request: Uint8Array): number;
  receive(into: Uint8Array): number;
  port(): number;
}

/** How an exchange ended. `errno` 0 and not `partial`: everything was said. */
export interface Outcome {
  /** Of the request as a whole: what the kernel answered, or what kept the answer from being read. */
  readonly errno: number;
  /** Something may be missing: interrupted (NLM_F_DUMP_INTR), truncated, overrun, malformed, or ended early. */
  readonly partial: boolean;
  /** The dump was interrupted by a change: asking again may give a whole one. */
  readonly interrupted: boolean;
}

export const SOCK_DIAG_BY_FAMILY = 20;
const NLM_F_REQUEST = 0x1;
const NLM_F_MULTI = 0x2;
const NLM_F_DUMP_INTR = 0x10;
const NLM_F_DUMP = 0x300;
const NLMSG_NOOP = 1;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLMSG_OVERRUN = 4;
const headerBytes = 16;
const EAGAIN = 11;
const EPROTO = 71;
const EMSGSIZE = 90;
const ENOBUFS = 105;

/** The kernel fills 32 KiB at most per read; more room gains nothing. */
export const readBytes = 32768;
const answer = new Uint8Array(readBytes);
/** Memory for those who have taken in each datagram before anything else is asked. */
export const answerRoom = (): Uint8Array => answer;

const lossesTolerated = 64;
const dumpAttempts = 3;

/** Message type and payload of a question. */
export interface Request {
  readonly type: number;
  readonly payload: Uint8Array;
}

/** A netlink message: header and payload, padded to 4. */
export function encodeRequest({ type, payload }: Request, sequence: number, dump: boolean): Uint8Array {
  const message = new Uint8Array(headerBytes + ((payload.length + 3) & ~3));
  const view = new DataView(message.buffer);
  view.setUint32(0, headerBytes + payload.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, NLM_F_REQUEST | (dump ? NLM_F_DUMP : 0), true);
  view.setUint32(8, sequence, true);
  message.set(payload, headerBytes);
  return message;
}

/** Receives the payload of each message of the answer: `view` from `start` to `end`. */
export type Sink = (view: DataView, start: number, end: number) => void;

interface Frames {
  /** A dump ends with NLMSG_DONE: the netdev family's rows come without NLM_F_MULTI (net/core/netdev-genl.c). */
  readonly untilDone: boolean;
  done: boolean;
  errno: number;
  partial: boolean;
  interrupted: boolean;
}

const negative = (view: DataView, at: number, end: number): number =>
  at + 4 <= end ? Math.max(0, -view.getInt32(at, true)) : EPROTO;

/** Reads the messages of one datagram of `size` bytes into `frames` and `sink`. Total: any bytes are answered. */
export function readFrames(
  view: DataView,
  size: number,
  sequence: number,
  port: number,
  frames: Frames,
  sink: Sink,
): void {
  for (let at = 0; at < size && !frames.done; ) {
    const length = at + headerBytes <= size ? view.getUint32(at, true) : 0;
    if (length < headerBytes || at + length > size) {
      frames.partial = true;
      return;
    }
    const start = at + headerBytes;
    const end = at + length;
    const type = view.getUint16(at + 4, true);
    const flags = view.getUint16(at + 6, true);
    const ours = view.getUint32(at + 8, true) === sequence && view.getUint32(at + 12, true) === port;
    at += (length + 3) & ~3;
    // The rest of an answer that was given up, or a message for somebody else.
    if (!ours) continue;
    if (flags & NLM_F_DUMP_INTR) frames.interrupted = true;
    if (type === NLMSG_ERROR || type === NLMSG_DONE) {
      frames.errno = negative(view, start, end);
      frames.done = true;
    } else if (type === NLMSG_OVERRUN) {
      frames.partial = true;
    } else if (type !== NLMSG_NOOP) {
      sink(view, start, end);
      frames.done = !frames.untilDone && (flags & NLM_F_MULTI) === 0;
    }
  }
}

let lastSequence = 0;
const nowhere: DataView = new DataView(new ArrayBuffer(0));

/** One request and its answer. `room()` gives the memory for the next datagram, at least `readBytes` long. */
export function exchange(link: Link, request: Request, dump: boolean, room: () => Uint8Array, sink: Sink): Outcome {
  lastSequence = (lastSequence % 0x7fffffff) + 1;
  const frames: Frames = { untilDone: dump, done: false, errno: 0, partial: false, interrupted: false };
  const sent = link.send(encodeRequest(request, lastSequence, dump));
  if (sent < 0) return { errno: -sent, partial: false, interrupted: false };
  const port = link.port();
  let bytes: Uint8Array | undefined;
  let view = nowhere;
  for (let losses = 0; !frames.done; ) {
    const next = room();
    if (next !== bytes) view = new DataView(next.buffer, next.byteOffset, next.byteLength);
    bytes = next;
    const size = link.receive(bytes);
    if (size > 0) {
      readFrames(view, size, lastSequence, port, frames, sink);
      continue;
    }
    frames.partial = true;
    const lost = size === -ENOBUFS || size === -EMSGSIZE;
    if (lost && ++losses <= lossesTolerated) continue;
    frames.errno = size === 0 ? EAGAIN : -size;
    break;
  }
  return { errno: frames.errno, partial: frames.partial || frames.interrupted, interrupted: frames.interrupted };
}

/** A dump, asked again twice if it was interrupted; `restart` is called before each attempt. */
export function dumpAgain(link: Link, request: Request, room: () => Uint8Array, restart: () => Sink): Outcome {
  let outcome: Outcome = { errno: 0, partial: true, interrupted: true };
  for (let attempt = 0; attempt < dumpAttempts && outcome.interrupted; attempt++)
    outcome = exchange(link, request, true, room, restart());
  return outcome;
}

/** Where the payload of the first attribute (struct nlattr) of `type` begins; -1: there is none. Stops at a malformed one. */
export function attributeAt(view: DataView, start: number, end: number, type: number): number {
  for (let at = start; at + 4 <= end; ) {
    const length = view.getUint16(at, true);
    if (length < 4 || at + length > end) return -1;
    // Without the flag bits NLA_F_NESTED and NLA_F_NET_BYTEORDER.
    if ((view.getUint16(at + 2, true) & 0x3fff) === type) return at + 4;
    at += (length + 3) & ~3;
  }
  return -1;
}

/** Length of the payload that begins at `at`. */
export function attributeBytes(view: DataView, at: number): number {
  return view.getUint16(at - 4, true) - 4;
}
