// To which socket a packet belongs (net/ipv4/inet_hashtables.c: __inet_lookup; udp.c: __udp4_lib_lookup): the connection
// with these four numbers, a request that waits for its last ACK, a listener (its own address before the wildcard, one of
// a SO_REUSEPORT group by hash), or nobody, who is answered for.

export type Protocol = "tcp" | "udp";

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface Packet {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly syn?: boolean | undefined;
  readonly ack?: boolean | undefined;
  readonly rst?: boolean | undefined;
}

/** What the host says for a packet that nobody wants: a reset, ICMP port unreachable, or nothing. */
export type Answer = "rst" | "port-unreachable" | "none";

export type Found<Socket> =
  | { readonly kind: "connection" | "request" | "listener"; readonly socket: Socket }
  | { readonly kind: "nobody"; readonly answer: Answer };

export interface Demux<Socket> {
  /** A connection, or a request: in the table of established sockets by both ends (ehash). Returns what removes it. */
  connect(kind: "connection" | "request", local: Endpoint, peer: Endpoint, socket: Socket): () => void;
  /** Waits for whoever sends to `local`, whose address may be a wildcard; several on one address are a group. */
  listen(local: Endpoint, socket: Socket): () => void;
  find(packet: Packet): Found<Socket>;
}

const ipv4Wildcard = "0.0.0.0";
/** Takes IPv4 too (IPV6_V6ONLY off). */
const wildcard = "::";

const keyOf = (...ends: readonly Endpoint[]): string => ends.map(({ address, port }) => `${address} ${port}`).join(" ");

/** FNV-1a over the four numbers, stirred: what matters is that it depends on all of them and on the secret. */
function hash(text: string, secret: number): number {
  let mixed = (0x811c9dc5 ^ secret) >>> 0;
  for (let at = 0; at < text.length; at += 1) mixed = Math.imul(mixed ^ text.charCodeAt(at), 0x01000193) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

/** reciprocal_scale: a member of a group by a hash of 32 bits. */
const memberOf = <Member>(group: readonly Member[], hashed: number): Member =>
  group[Math.floor((hashed * group.length) / 2 ** 32)]!;

/** A reset is never answered; without a socket every other segment is (tcp_v4_send_reset, icmp_send). */
const answers: Readonly<Record<Protocol, (packet: Packet) => Answer>> = {
  tcp: ({ rst = false }) => (rst ? "none" : "rst"),
  udp: () => "port-unreachable",
};

/**
 * What a listener says to a segment that is no SYN and belongs to no request or cookie: a reset, unless it is one itself
 * or carries no ACK (tcp_rcv_state_process in LISTEN).
 */
export const answerOfListener = ({ ack = false, rst = false }: Packet): Answer => (ack && !rst ? "rst" : "none");

/** Each protocol has its own tables. `secret`: what the kernel draws at boot (inet_ehash_secret). */
export function createDemux<Socket>(protocol: Protocol, secret: number): Demux<Socket> {
  const connected = new Map<string, { readonly kind: "connection" | "request"; readonly socket: Socket }>();
  const listening = new Map<string, Socket[]>();

  const listenerOf = ({ source, destination }: Packet): Socket | undefined => {
    const { address, port } = destination;
    const wildcards = address.includes(":") ? [wildcard] : [ipv4Wildcard, wildcard];
    for (const candidate of [address, ...wildcards]) {
      const group = listening.get(keyOf({ address: candidate, port }));
      if (group) return memberOf(group, hash(keyOf(destination, source), secret));
    }
    return undefined;
  };

  return {
    connect: (kind, local, peer, socket) => {
      const key = keyOf(local, peer);
      const entry = { kind, socket };
      connected.set(key, entry);
      return () => {
        // A request is replaced by its connection, which stays when the request is removed.
        if (connected.get(key) === entry) connected.delete(key);
      };
    },
    listen: (local, socket) => {
      const key = keyOf(local);
      listening.set(key, [...(listening.get(key) ?? []), socket]);
      return () => {
        const left = listening.get(key)?.filter((other) => other !== socket) ?? [];
        if (left.length > 0) listening.set(key, left);
        else listening.delete(key);
      };
    },
    find: (packet) => {
      const entry = connected.get(keyOf(packet.destination, packet.source));
      if (entry) return entry;
      const socket = listenerOf(packet);
      return socket === undefined
        ? { kind: "nobody", answer: answers[protocol](packet) }
        : { kind: "listener", socket };
    },
  };
}
