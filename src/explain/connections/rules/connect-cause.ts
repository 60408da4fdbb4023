// Why SYNs to a peer go unanswered, from what other connections told meanwhile: one that takes other connections is full,
// one that is not heard at all is out of reach; what is neither stays unknown, as do a path that loses segments and a
// listener on this host that was never seen full.
import { percent } from "../../format.js";
import { isFull, type KnownPeer } from "../peers.js";
import type { Thresholds } from "../../thresholds.js";
import type { SocketView } from "../rule.js";

export type SilenceCause = "peer-overflowing" | "path-blackhole" | "unknown";

/** What a look finds happened up to a look before. */
const lookMs = 1000;

const peerOf = ({ peer, look, reading, at }: SocketView): KnownPeer | undefined => {
  if (peer?.reading) return peer;
  const { remoteAddress, remotePort } = reading;
  const found = look.peers?.find(({ address, port }) => address === remoteAddress && port === remotePort);
  return found && { reading: found, at, openedAt: found.opened > 0 ? at : peer?.openedAt };
};

type Silence = readonly [cause: SilenceCause, because: string];

/** Of a socket that has waited so long. */
export const silenceCause = (view: SocketView, waitedMs: number): Silence =>
  causeOfSilence(peerOf(view), view.at, waitedMs, view.thresholds);

export const causeOfSilence = (
  peer: KnownPeer | undefined,
  at: number,
  waitedMs: number,
  thresholds: Thresholds,
): Silence => {
  if (!peer?.reading) return ["unknown", "what else is known of the peer was not read"];
  const { lastHeardMs, listener, retransShare = 0 } = peer.reading;
  const isMeanwhile = (then: number | undefined): boolean => then !== undefined && at - then <= waitedMs + lookMs;
  const queue = listener && `${listener.length} of ${listener.limit + 1}`;
  if (isFull(peer.reading)) return ["peer-overflowing", `its accept queue is full (${queue})`];
  if (isMeanwhile(peer.fullAt)) return ["peer-overflowing", "its accept queue was full meanwhile"];
  if (retransShare > thresholds.lossShare) return ["unknown", `the path loses ${percent(retransShare)} of the data`];
  if (isMeanwhile(peer.openedAt))
    return ["peer-overflowing", "the same address and port took another connection meanwhile"];
  // The SYN or its answer was dropped on the way, or the queue was full between two looks.
  if (listener) return ["unknown", `its listener is on this host and has room (${queue})`];
  return lastHeardMs === undefined || lastHeardMs + (at - peer.at) >= waitedMs
    ? ["path-blackhole", "nothing at all came from that address"]
    : ["unknown", "the host answers elsewhere, not on this port"];
};

export const silenceRemedies: Readonly<Record<SilenceCause, string>> = {
  "peer-overflowing":
    "At the peer: its accept queue is full; ss -ltn there, and what keeps it from accepting. Here: fewer connects at once, keep-alive.",
  "path-blackhole":
    "Look at the way there: host down, route, firewall that drops. Connect with a timeout of your own: the kernel tries for two minutes.",
  unknown: "Ask the peer's ss -ltn and its firewall: a full accept queue and a dropped SYN look the same from here.",
};
