// What accept(2) and the next client would meet at a listener now, in plain words: from one reading, for explain() and the
// command line. net/ipv4/tcp_input.c tcp_conn_request; net/unix/af_unix.c unix_stream_connect.
import type { ListenerReading, Sysctls } from "../snapshot/snapshot.js";
import type { CallAccount } from "./connections/account.js";
import { count, duration } from "./format.js";

export interface ListenerAccount {
  readonly accept: CallAccount;
  /** What the next client meets. */
  readonly connect: ConnectAccount;
}

export interface ConnectAccount {
  /** `admitted`: a place is free; `cookie`: answered without remembering it; `waits`: unix, until a place is free. */
  readonly outcome: "admitted" | "dropped" | "cookie" | "waits";
  /** One plain sentence. */
  readonly why: string;
}

const acceptOf = ({ length, waiting }: ListenerReading): CallAccount => {
  if (length === 0)
    return {
      outcome: "would-block",
      why: "would block: the accept queue is empty",
      until: "until a client connects",
    };
  const oldest = Math.max(0, ...(waiting?.connections.map(({ ageMs }) => ageMs) ?? []));
  const age = oldest > 0 ? `, the oldest for ${duration(oldest)}` : "";
  return { outcome: "complete", why: `returns one of ${count(length, "connection")} that wait in the queue${age}` };
};

const tcpConnect = (listener: ListenerReading, sysctl: Sysctls): ConnectAccount => {
  const { length, limit, synRecv } = listener;
  const places = limit + 1;
  if (length > limit) {
    const reset = sysctl.tcp_abort_on_overflow ? ", handshakes under way are answered with RST" : "";
    return {
      outcome: "dropped",
      why: `its SYN is dropped: the accept queue is full (${length} of ${places})${reset}; it tries again after 1 s`,
    };
  }
  if (synRecv !== undefined && synRecv >= limit)
    return sysctl.tcp_syncookies === 0
      ? { outcome: "dropped", why: `its SYN is dropped: ${synRecv} handshakes are open, the limit is ${limit}` }
      : { outcome: "cookie", why: `its SYN is answered with a cookie: ${synRecv} handshakes are open` };
  return { outcome: "admitted", why: `it gets in: ${length} of ${count(places, "place")} are taken` };
};

const unixConnect = ({ length, limit }: ListenerReading): ConnectAccount =>
  length > limit
    ? { outcome: "waits", why: `connect(2) waits, or fails with EAGAIN: the queue is full (${length} of ${limit + 1})` }
    : { outcome: "admitted", why: `it gets in: ${length} of ${count(limit + 1, "place")} are taken` };

/** What accept(2), not blocking, and the next client would meet. `sysctl`: of its network namespace, where known. */
export const listenerAccountOf = (listener: ListenerReading, sysctl: Sysctls = {}): ListenerAccount => ({
  accept: acceptOf(listener),
  connect: listener.transport === "unix" ? unixConnect(listener) : tcpConnect(listener, sysctl),
});
