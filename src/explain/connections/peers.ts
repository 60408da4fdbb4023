// What is remembered of the peers that SYNs were sent to: what other connections to them told, and when one was established.
import type { ConnectionsReading, PeerReading } from "../../snapshot/connection.js";
import { placeOf } from "../format.js";

export interface KnownPeer {
  /** The latest reading, and when it was taken. */
  readonly reading?: PeerReading | undefined;
  readonly at: number;
  /** When a connection there was last seen to have been established. */
  readonly openedAt?: number | undefined;
  /** When its listener, on this host, was last seen with a full accept queue. */
  readonly fullAt?: number | undefined;
  /** Since when repeated SYNs to it go unanswered, from whatever socket: clients with a timeout of their own try anew. */
  readonly silentSince?: number | undefined;
  readonly repeatedAt?: number | undefined;
}

export interface Peers {
  /** The readings of one look. */
  add(look: ConnectionsReading, at: number): void;
  /** A SYN to it was repeated and waits. */
  repeated(place: Place, at: number): void;
  /** A connection there came about after all. */
  opened(place: Place, at: number): void;
  of(place: Place): KnownPeer | undefined;
}

interface Place {
  readonly address?: string | undefined;
  readonly port?: number | undefined;
}

/** A connection more than the limit waits: the next SYN is dropped. */
export const isFull = ({ listener }: PeerReading): boolean =>
  listener !== undefined && listener.length > listener.limit;

const maxPeers = 1024;
const forgetMs = 10_000;
/** Without a repeated SYN for this long, the silence has ended: a new attempt takes a second to its first repeat. */
const pauseMs = 3000;

export const createPeers = (): Peers => {
  const peers = new Map<string, KnownPeer>();
  const keep = (place: Place, change: (before: KnownPeer | undefined) => KnownPeer): void => {
    const name = placeOf(place);
    if (peers.size < maxPeers || peers.has(name)) peers.set(name, change(peers.get(name)));
  };
  return {
    add(look, at) {
      for (const [name, peer] of peers) if (at - Math.max(peer.at, peer.openedAt ?? 0) > forgetMs) peers.delete(name);
      for (const reading of look.peers ?? [])
        keep(reading, (before) => {
          const fullAt = isFull(reading) ? at : before?.fullAt;
          return reading.opened > 0 ? { reading, at, openedAt: at, fullAt } : { ...before, reading, at, fullAt };
        });
    },
    repeated: (place, at) =>
      keep(place, (before) => {
        const goesOn = before?.silentSince !== undefined && at - (before.repeatedAt ?? 0) <= pauseMs;
        return { ...before, at: before?.at ?? at, silentSince: goesOn ? before.silentSince : at, repeatedAt: at };
      }),
    opened: (place, at) =>
      keep(place, (before) => ({
        reading: before?.reading,
        at: before?.at ?? at,
        openedAt: at,
        fullAt: before?.fullAt,
      })),
    of: (place) => (peers.size === 0 ? undefined : peers.get(placeOf(place))),
  };
};
