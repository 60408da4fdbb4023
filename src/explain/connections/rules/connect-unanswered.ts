// connect-failing: SYNs that nobody answers (SYN-SENT). A peer that takes other connections is full; one that is not heard at
// all is out of reach; what is neither stays unknown.
import { duration, placeOf } from "../../format.js";
import type { ListenerReading } from "../../../snapshot/snapshot.js";
import { evidenceOf, type SocketRule, type SocketView } from "../rule.js";

/** Repeats come a second apart at least (tcp_syn_linear_timeouts), later at longer intervals. */
const repeatMs = 1000;

const isLoopback = (address: string | undefined): boolean => /^(?:127\.|::1$|::ffff:127\.)/.test(address ?? "");

/** A listener of this process on that port, whose queue is full. */
const fullListener = ({ reading, listeners }: SocketView): ListenerReading | undefined =>
  isLoopback(reading.remoteAddress)
    ? listeners.find(({ port, length, limit }) => port === reading.remotePort && length > limit)
    : undefined;

type Cause = "peer-overflowing" | "path-blackhole" | "unknown";

const causeOf = (view: SocketView, waitedMs: number): readonly [cause: Cause, because: string] => {
  const { reading, look, openedAt, at } = view;
  const full = fullListener(view);
  if (full) return ["peer-overflowing", `its accept queue is full (${full.length} of ${full.limit + 1})`];
  if (openedAt !== undefined && at - openedAt <= waitedMs)
    return ["peer-overflowing", "the same address and port took another connection meanwhile"];
  const peer = look.peers?.find(
    ({ address, port }) => address === reading.remoteAddress && port === reading.remotePort,
  );
  if (!peer) return ["unknown", "what else is known of the peer was not read"];
  return peer.lastHeardMs === undefined || peer.lastHeardMs >= waitedMs
    ? ["path-blackhole", "nothing at all came from that address"]
    : ["unknown", "the host answers elsewhere, not on this port"];
};

const remedies: Readonly<Record<Cause, string>> = {
  "peer-overflowing":
    "At the peer: its accept queue is full; ss -ltn there, and what keeps it from accepting. Here: fewer connects at once, keep-alive.",
  "path-blackhole":
    "Look at the way there: host down, route, firewall that drops. Connect with a timeout of your own: the kernel tries for two minutes.",
  unknown: "Ask the peer's ss -ltn and its firewall: a full accept queue and a dropped SYN look the same from here.",
};

export const connectUnanswered: SocketRule = (view) => {
  const { reading, watch, at, thresholds } = view;
  const { tcp } = reading;
  if (reading.transport !== "tcp" || reading.state !== "SYN-SENT") return undefined;
  const repeats = tcp?.retransmits ?? 0;
  const waitedMs = Math.max(at - watch.firstAt, repeats * repeatMs);
  if (waitedMs < thresholds.unansweredSynMs) return undefined;
  const [cause, because] = causeOf(view, waitedMs);
  return {
    symptom: "connect-failing",
    cause,
    severity: "warning",
    confidence: cause === "unknown" ? 0.4 : 0.85,
    weight: waitedMs,
    headline: `did not come about: ${cause === "unknown" ? "no answer" : because}`,
    detail: () => `SYN unanswered for ${duration(waitedMs)}, ${repeats} repeats`,
    evidence: () =>
      evidenceOf([
        ["waits for", placeOf({ address: reading.remoteAddress, port: reading.remotePort }), undefined, "SYN-SENT"],
        ["unanswered for", waitedMs, "ms", "looks, tcpi_retransmits"],
        ["SYN repeats", repeats, "count", "tcpi_retransmits"],
        ["peer", because, undefined, "own sockets"],
      ]),
    ruledOut: [{ cause: "peer-refusing", because: "no RST came" }],
    remedy: [remedies[cause]],
  };
};
