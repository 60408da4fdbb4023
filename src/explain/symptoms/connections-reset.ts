// connections-reset: queued clients got a RST, because tcp_abort_on_overflow=1 meets a full queue at the third ACK
// (EmbryonicRsts, OutRsts), or because the listener was closed with connections in its queue.
import type { AcceptPath } from "../accept-path.js";
import type { Cause, Evidence } from "../finding.js";
import { count, placeOf } from "../format.js";
import type { Explanation } from "../accept-path.js";
import { shorten } from "../wording.js";
import { type Beside, type BesideSymptom, dropper, unplacedMs } from "./beside.js";
import { type Borrower, borrowCause, borrower, isAlive } from "./borrowed-cause.js";
import { delta } from "../delta.js";

/** Counters that come later than this say nothing about a closed listener. */
const patienceMs = 2500;
const netstat = "netstat, netns-wide";

interface Resets extends Borrower {
  resets: number;
}

const report = (
  { key, path, resets, since }: Resets,
  beside: Beside,
  told: {
    cause: Cause;
    confidence: number;
    why: string;
    remedy: readonly string[];
    evidence: readonly Evidence[];
    explanation?: Explanation | undefined;
    proof: boolean;
  },
): void => {
  const { thresholds, around, lifecycle } = beside;
  const severity = resets >= thresholds.criticalClients ? "critical" : "warning";
  const { cause, confidence, explanation } = told;
  const subject = path.subject();
  lifecycle.report(
    key,
    {
      face: { symptom: "connections-reset", cause, severity, stack: explanation?.stack !== undefined, toll: resets },
      compose: () => ({
        symptom: "connections-reset",
        cause,
        severity,
        confidence,
        subject,
        summary: shorten(
          `${count(resets, "client")} waiting in the accept queue of ${placeOf(path.watch.listener)} got a RST: ${told.why}.`,
        ),
        evidence: [
          { name: "connections reset", value: resets, unit: "connections", source: netstat },
          ...told.evidence,
        ],
        ruledOut: explanation?.ruledOut ?? [],
        ...(explanation?.stack ? { stack: explanation.stack } : {}),
        remedy: told.remedy,
      }),
      quietMs: thresholds.resolveMs,
      subject,
      evidence: told.proof,
      since,
    },
    around.at,
    around.time,
  );
};

const reportAborts = (aborts: Resets, beside: Beside, proof: boolean): void => {
  if (aborts.resets === 0 || !borrowCause(aborts, beside)) return;
  const explanation = aborts.told;
  report(aborts, beside, {
    proof: proof || !beside.lifecycle.has(aborts.key),
    cause: explanation?.cause ?? "unknown",
    confidence: Math.round((explanation?.confidence ?? 0.5) * 95) / 100,
    why: `tcp_abort_on_overflow is 1 and the queue was full; ${explanation?.because ?? "cause unknown"}`,
    remedy: [
      ...(explanation?.remedy ?? []).slice(0, 2),
      "Set net.ipv4.tcp_abort_on_overflow to 0: clients then retry by themselves.",
    ],
    evidence: [
      { name: "tcp_abort_on_overflow", value: 1, source: "/proc/sys/net/ipv4/tcp_abort_on_overflow" },
      { name: "limit", value: aborts.path.watch.listener.limit, unit: "connections", source: "TCP_INFO tcpi_sacked" },
    ],
    explanation,
  });
};

const reportClosed = (closed: Resets, residents: number, beside: Beside): void =>
  report(closed, beside, {
    proof: true,
    cause: "listener-closed",
    confidence: 0.85,
    why: `the listener was closed while ${count(residents, "connection")} waited in it`,
    remedy: [
      "Stop new connections at the balancer first, let the queue drain, then close; or keep the listener and hand it over (reusePort with net.ipv4.tcp_migrate_req=1).",
    ],
    evidence: [
      {
        name: "waiting when closed",
        value: residents,
        unit: "connections",
        source: "TCP_INFO tcpi_unacked, last look",
      },
    ],
  });

interface Closure {
  readonly path: AcceptPath;
  readonly at: number;
  readonly outRsts: number | undefined;
}

export const createResets = (): BesideSymptom => {
  const aborts = new Map<bigint, Resets>();
  let closures: Closure[] = [];
  let unplaced = 0;
  let unplacedAt = Number.NEGATIVE_INFINITY;
  const open = (path: AcceptPath, beside: Beside): Resets => ({ ...borrower(path, beside), resets: 0 });

  const observeAborts = (beside: Beside): void => {
    const { moved, netns, around } = beside;
    if (netns.sysctl.tcp_abort_on_overflow !== 1) return;
    if (around.at - unplacedAt > unplacedMs) unplaced = 0;
    const resets = Math.min(moved.EmbryonicRsts ?? 0, moved.OutRsts ?? 0, moved.ListenOverflows ?? 0);
    if (resets > 0) unplacedAt = around.at;
    unplaced += Math.max(0, resets);
    const found = dropper(beside);
    if (unplaced === 0 || !found) return;
    const { cookie } = found.path.watch.listener;
    const one = aborts.get(cookie) ?? open(found.path, beside);
    aborts.set(cookie, one);
    one.resets += unplaced;
    unplaced = 0;
    reportAborts(one, beside, true);
  };

  const observeClosures = (beside: Beside): void => {
    const { netns, around } = beside;
    closures = closures.filter((closure) => {
      const sent = netns.fresh ? (delta(closure.outRsts, netns.counters?.OutRsts) ?? 0) : 0;
      if (sent <= 0) return around.at - closure.at < patienceMs;
      const residents = closure.path.watch.listener.length;
      reportClosed({ ...open(closure.path, beside), resets: Math.min(residents, sent) }, residents, beside);
      return false;
    });
  };

  return {
    observe: (beside) => {
      const outRsts = beside.netns.before?.OutRsts;
      for (const path of beside.closed)
        if (path.watch.listener.transport === "tcp" && path.watch.listener.length > 0 && closures.length < 64)
          closures.push({ path, at: beside.around.at, outRsts: path.outRstsWhileThere ?? outRsts });
      for (const [cookie, one] of aborts) {
        if (!isAlive(one, beside)) aborts.delete(cookie);
        else reportAborts(one, beside, false);
      }
      observeAborts(beside);
      observeClosures(beside);
    },
    wants: () => ({ counters: closures.length > 0 }),
  };
};
