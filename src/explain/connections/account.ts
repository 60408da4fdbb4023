// What read(2) and write(2) on a socket would do now, and why, in plain words: from one reading, for explain() and the
// command line. Bytes a write takes and when it takes more are the model's arithmetic.
import { hasMemory, pollMark, sizeGoalOf, takenAtOnce } from "../../model/transfer/write-room.js";
import type { ConnectionReading } from "../../snapshot/connection.js";
import { bytes, duration } from "../format.js";
import { inFlightBytesOf, isWindowShut, notSentOf, rttMsOf } from "./figures.js";

export interface CallAccount {
  /** `complete`: all that is asked for; `short`: less than may be asked for; `ends`: end of file or an error. */
  readonly outcome: "complete" | "short" | "would-block" | "ends" | "unknown";
  /** read: what is there; write: about what the kernel takes now. */
  readonly bytes?: number | undefined;
  /** One plain sentence. */
  readonly why: string;
  /** What must happen before it goes on, where it would block or take only a part. */
  readonly until?: string | undefined;
}

export interface ConnectionAccount {
  readonly read: CallAccount;
  readonly write: CallAccount;
}

export interface AccountOptions {
  /** An earlier reading of the same socket: the biggest window seen, and whether bytes move. */
  readonly before?: ConnectionReading | undefined;
}

const states: Readonly<Record<string, readonly [read: string, write: string]>> = {
  "SYN-SENT": ["the connection is not established yet", "the connection is not established yet"],
  "SYN-RECV": ["the handshake is not complete", "the handshake is not complete"],
  LISTEN: ["a listener has nothing to read", "a listener cannot be written to"],
  UNCONN: ["the connection is closed", "the connection is closed: EPIPE"],
  "TIME-WAIT": ["the connection is closed", "the connection is closed: EPIPE"],
};

const hasEnded = ({ state }: ConnectionReading): boolean =>
  state === "CLOSE-WAIT" || state === "LAST-ACK" || state === "CLOSING" || state === "TIME-WAIT" || state === "UNCONN";

const readAccount = (reading: ConnectionReading): CallAccount => {
  const { recvQBytes, tcp, mem, state, transport } = reading;
  if (recvQBytes === undefined) return { outcome: "unknown", why: "the receive queue could not be read" };
  if (recvQBytes > 0) {
    const age = tcp?.lastDataRecvMs === undefined ? "" : `, the last of them came ${duration(tcp.lastDataRecvMs)} ago`;
    return transport === "udp"
      ? { outcome: "complete", bytes: recvQBytes, why: `returns one datagram of ${bytes(recvQBytes)}` }
      : {
          outcome: "short",
          bytes: recvQBytes,
          why: `returns at most ${bytes(recvQBytes)}: that much waits in order${age}; asked for more it returns short`,
        };
  }
  if (hasEnded(reading)) return { outcome: "ends", bytes: 0, why: `returns 0: the peer has closed (${state})` };
  const known = states[state ?? ""];
  const held = mem?.rmemAlloc ?? 0;
  const until = "until the peer sends";
  if (known) return { outcome: "would-block", bytes: 0, why: `would block: ${known[0]}`, until };
  return held > 0 && (tcp?.rcvOoopack ?? 0) > 0 && transport === "tcp"
    ? {
        outcome: "would-block",
        bytes: 0,
        why: `would block: ${bytes(held)} of memory hold segments behind one that is missing`,
        until: "until the peer repeats the missing segment",
      }
    : { outcome: "would-block", bytes: 0, why: "would block: nothing has arrived that was not read", until };
};

/** What frees room in the send buffer. */
const releaseOf = (reading: ConnectionReading): string => {
  const { tcp, timer } = reading;
  const unsent = notSentOf(reading) ?? 0;
  const next = timer ? ` (next in ${duration(timer.expiresMs)})` : "";
  if ((tcp?.unacked ?? 0) > 0 && (tcp?.retransmits ?? 0) > 0)
    return `the path must answer: ${tcp?.retransmits} timeouts in a row, the kernel repeats the segment${next}`;
  if (unsent > 0 && tcp?.unacked === 0 && isWindowShut(reading))
    return `the peer must read: its window is shut and the kernel probes it${next}; it opens when about a sixteenth of its buffer is free`;
  const rtt = rttMsOf(reading);
  return `the peer must acknowledge what is sent${rtt === undefined ? "" : `, about one round trip (${rtt < 1 ? "less than 1 ms" : duration(rtt)})`}`;
};

/** POLLOUT comes when two thirds of the buffer suffice for what is queued. */
const untilOf = (reading: ConnectionReading, sndbuf: number, queued: number): string => {
  const mark = pollMark(sndbuf);
  const free = queued - mark;
  if (free <= 0)
    return `after that writable again (POLLOUT) when no more than ${bytes(mark)} are queued: ${releaseOf(reading)}`;
  return `writable again (POLLOUT) when what is queued has fallen by ${bytes(free)} to two thirds of the buffer: ${releaseOf(reading)}`;
};

const tcpWrite = (reading: ConnectionReading, before: ConnectionReading | undefined): CallAccount => {
  const { mem, tcp } = reading;
  const sndbuf = mem?.sndbuf;
  const queued = mem?.wmemQueued;
  if (sndbuf === undefined || queued === undefined)
    return { outcome: "unknown", why: "the send buffer could not be read (SO_MEMINFO)" };
  const until = untilOf(reading, sndbuf, queued);
  if (!hasMemory({ wmemQueued: queued, sndbuf }))
    return {
      outcome: "would-block",
      bytes: 0,
      why: `would block: the send buffer is full (${bytes(queued)} of ${bytes(sndbuf)}, memory included)`,
      until,
    };
  const windowSeen = Math.max(tcp?.sndWndBytes ?? 0, before?.tcp?.sndWndBytes ?? 0);
  const mss = tcp?.sndMssBytes;
  if (!mss || windowSeen === 0)
    return { outcome: "short", bytes: sndbuf - queued, why: `takes about ${bytes(sndbuf - queued)}`, until };
  const taken = takenAtOnce({ wmemQueued: queued, sndbuf }, sizeGoalOf({ maxWindow: windowSeen, mss }));
  const flying = inFlightBytesOf(reading) ?? 0;
  const waiting = notSentOf(reading) ?? 0;
  return {
    outcome: "short",
    bytes: taken,
    why: `takes up to about ${bytes(taken)} now (${bytes(flying)} in flight, ${bytes(waiting)} not sent yet); of more it takes a part`,
    until,
  };
};

const writeAccount = (reading: ConnectionReading, before: ConnectionReading | undefined): CallAccount => {
  const { state, transport, mem } = reading;
  const known = states[state ?? ""];
  if (transport === "tcp" && known)
    return state === "SYN-SENT"
      ? { outcome: "would-block", bytes: 0, why: `would block: ${known[1]}`, until: "until the peer answers the SYN" }
      : { outcome: "ends", bytes: 0, why: `fails: ${known[1]}` };
  if (transport === "tcp" && /^(?:FIN-WAIT|LAST-ACK|CLOSING)/.test(state ?? ""))
    return { outcome: "ends", bytes: 0, why: `fails with EPIPE: this side has ended its stream (${state})` };
  if (transport === "tcp") return tcpWrite(reading, before);
  const free = mem?.sndbuf === undefined ? undefined : mem.sndbuf - (mem.wmemAlloc ?? 0);
  if (free === undefined) return { outcome: "unknown", why: "the send buffer could not be read (SO_MEMINFO)" };
  return free > 0
    ? { outcome: "complete", bytes: free, why: `goes through, up to about ${bytes(free)}` }
    : {
        outcome: "would-block",
        bytes: 0,
        why: "would block: the send buffer is full",
        until: "until the other end reads",
      };
};

/** What read(2) and write(2), not blocking, would do with this socket now. */
export function accountOf(reading: ConnectionReading, options: AccountOptions = {}): ConnectionAccount {
  return { read: readAccount(reading), write: writeAccount(reading, options.before) };
}
