// ghost-connections: SYN cookies let clients finish the handshake while the accept queue is full (cookie_v4_check →
// syn_recv_sock fails): they are connected, the server holds nothing. SyncookiesRecv counts their ACKs, PassiveOpens
// those that got in. A ghost that speaks repeats itself (0.2, 0.5, 0.9, 1.9 s …), so each cookie that was sent
// vouches for one ghost at most.
import type { AcceptPath } from "../accept-path.js";
import { count, placeOf } from "../format.js";
import { shorten } from "../wording.js";
import { type Beside, type BesideSymptom, dropper } from "./beside.js";
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

export const createGhosts = (): BesideSymptom => {
  const haunts = new Map<bigint, Haunt>();
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

  return {
    observe: (beside) => {
      const { moved, netns, around } = beside;
      for (const [cookie, haunt] of haunts) {
        if (!isAlive(haunt, beside)) haunts.delete(cookie);
        else report(haunt, beside, false);
      }
      if (!netns.fresh) return;
      const {
        SyncookiesSent: sent = 0,
        SyncookiesRecv: received = 0,
        PassiveOpens: opened,
        ListenOverflows: overflows = 0,
      } = moved;
      if (around.at - cookiesAt > cookieMs) cookies = 0;
      if (sent > 0) cookiesAt = around.at;
      cookies += sent;
      const outside = opened === undefined ? 0 : Math.min(received - opened, overflows);
      const found = dropper(beside);
      if (outside > 0 && found) {
        const ghosts = Math.min(cookies, outside, found.path.droppedSinceCounters);
        const haunt = hauntOf(found.path, beside);
        haunt.ghosts += ghosts;
        haunt.sent += sent;
        haunt.received += received;
        haunt.alone &&= found.alone;
        if (haunt.ghosts > 0) report(haunt, beside, true);
      }
      cookies = Math.max(0, cookies - received);
    },
  };
};
