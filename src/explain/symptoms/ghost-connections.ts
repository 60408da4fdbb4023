// ghost-connections: SYN cookies let clients finish the handshake while the accept queue is full (cookie_v4_check →
// syn_recv_sock fails): they are connected, the server holds nothing. SyncookiesRecv counts their ACKs, PassiveOpens
// those that got in. A ghost that speaks repeats itself (0.2, 0.5, 0.9, 1.9 s …), so each cookie that was sent
// vouches for one ghost at most.
import type { AcceptPath } from "../accept-path.js";
import { count, placeOf } from "../format.js";
import { shorten } from "../wording.js";
import { type Beside, type BesideSymptom, dropper, unplacedMs } from "./beside.js";
import { type Borrower, borrowCause, borrower, isAlive } from "./borrowed-cause.js";

/** A cookie that was not answered within this long is not counted on: the client is gone, or never was. */
const cookieMs = 3000;

interface Haunt extends Borrower {
  alone: boolean;
  ghosts: number;
  sent: number;
  received: number;
}

const report = (haunt: Haunt, beside: Beside, evidence: boolean): void => {
  const { path, ghosts } = haunt;
  const { thresholds, around, lifecycle, netns } = beside;
  if (!borrowCause(haunt, beside)) return;
  const { told } = haunt;
  const { listener } = path.watch;
  const severity = ghosts >= thresholds.criticalClients ? "critical" : "warning";
  const cause = told?.cause ?? "unknown";
  lifecycle.report(
    haunt.key,
    {
      face: { symptom: "ghost-connections", cause, severity, stack: told?.stack !== undefined, toll: ghosts },
      compose: () => ({
        symptom: "ghost-connections",
        cause,
        severity,
        confidence: Math.round((told?.confidence ?? 0.5) * (haunt.alone ? 0.95 : 0.7) * 100) / 100,
        subject: path.subject(),
        summary: shorten(
          `At least ${count(ghosts, "client")} of ${placeOf(listener)} believe to be connected, but the server holds no such connection: SYN cookies completed the handshakes while the accept queue (limit ${listener.limit}) was full; ${told?.because ?? "cause unknown"}.`,
        ),
        evidence: [
          {
            name: "ghosts, at least",
            value: ghosts,
            unit: "clients",
            source: "estimate: SyncookiesRecv less PassiveOpens, one a cookie sent",
          },
          {
            name: "SyncookiesSent",
            value: haunt.sent,
            unit: "segments",
            source: "netstat, netns-wide",
          },
          {
            name: "SyncookiesRecv",
            value: haunt.received,
            unit: "segments",
            source: "netstat, netns-wide",
          },
          { name: "limit", value: listener.limit, unit: "connections", source: "TCP_INFO tcpi_sacked; limit + 1 fit" },
          {
            name: "tcp_syncookies",
            value: netns.sysctl.tcp_syncookies ?? "not read",
            source: "/proc/sys/net/ipv4/tcp_syncookies",
          },
        ],
        ruledOut: told?.ruledOut ?? [],
        ...(told?.stack ? { stack: told.stack } : {}),
        remedy: [
          ...(told?.remedy ?? []).slice(0, 2),
          "Restart clients that wait without a timeout: a ghost that never writes hears nothing, for ever.",
        ],
      }),
      quietMs: thresholds.ghostQuietMs,
      subject: path.subject(),
      evidence: evidence || !lifecycle.has(haunt.key),
      since: haunt.since,
    },
    around.at,
    around.time,
  );
};

/** Cookie ACKs that met a full queue, and it is not known yet whose. */
interface Homeless {
  readonly ghosts: number;
  readonly sent: number;
  readonly received: number;
  readonly at: number;
}

const nobody: Homeless = { ghosts: 0, sent: 0, received: 0, at: Number.NEGATIVE_INFINITY };

export const createGhosts = (): BesideSymptom => {
  const haunts = new Map<bigint, Haunt>();
  let homeless = nobody;
  let cookies = 0;
  let cookiesAt = 0;

  const hauntOf = (path: AcceptPath, beside: Beside): Haunt => {
    const { cookie } = path.watch.listener;
    const known = haunts.get(cookie);
    if (known) return known;
    const haunt = { ...borrower(path, beside), alone: true, ghosts: 0, sent: 0, received: 0 };
    haunts.set(cookie, haunt);
    return haunt;
  };

  const raise = ({ moved, around: { at } }: Beside): void => {
    const {
      SyncookiesSent: sent = 0,
      SyncookiesRecv: received = 0,
      PassiveOpens: opened,
      ListenOverflows: overflows = 0,
    } = moved;
    if (at - cookiesAt > cookieMs) cookies = 0;
    if (sent > 0) cookiesAt = at;
    cookies += sent;
    const outside = opened === undefined ? 0 : Math.min(received - opened, overflows, cookies);
    cookies = Math.max(0, cookies - received);
    const before = at - homeless.at > unplacedMs ? nobody : homeless;
    homeless =
      outside > 0
        ? { ghosts: before.ghosts + outside, sent: before.sent + sent, received: before.received + received, at }
        : before;
  };

  const place = (beside: Beside): void => {
    const found = dropper(beside);
    if (!found || homeless.ghosts === 0) return;
    const haunt = hauntOf(found.path, beside);
    haunt.ghosts += Math.min(homeless.ghosts, found.path.droppedSinceCounters);
    haunt.sent += homeless.sent;
    haunt.received += homeless.received;
    haunt.alone &&= found.alone;
    homeless = nobody;
    report(haunt, beside, true);
  };

  return {
    observe: (beside) => {
      const { netns } = beside;
      for (const [cookie, haunt] of haunts) {
        if (!isAlive(haunt, beside)) haunts.delete(cookie);
        else report(haunt, beside, false);
      }
      if (netns.fresh) raise(beside);
      place(beside);
    },
  };
};
