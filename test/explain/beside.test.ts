// Symptoms that stand beside the ladder: ghosts, resets, shed connections, the cluster primary.
import test from "ava";
import { blocked } from "./phases.js";
import { explained, figure, outline, timeline, told } from "./timeline.js";
import { createExplainer } from "../../src/explain/explainer.js";

const of = (symptom: string, findings: ReturnType<typeof explained>): ReturnType<typeof explained> =>
  findings.filter((finding) => finding.symptom === symptom);

test("cookies that come back to a full queue are ghosts, at least as many as got in nowhere", (t) => {
  const line = timeline({ limit: 4 })
    .play(1000)
    .play(1000, { ...blocked, burst: 19 });
  // The loopback trap: 14 repeated SYNs meet a full SYN queue, get cookies, and their ACKs meet a full accept queue.
  line.play(1000, {
    ...blocked,
    drops: 14,
    counters: {
      SyncookiesSent: 14,
      SyncookiesRecv: 14,
      ListenOverflows: 14,
      ListenDrops: 14,
      TCPReqQFullDoCookies: 14,
    },
  });
  const findings = explained(line.play(130_000).snapshots);
  const ghosts = of("ghost-connections", findings);
  t.deepEqual(
    [...new Set(outline(ghosts))],
    ["ghost-connections/event-loop-blocked active", "ghost-connections/event-loop-blocked resolved"],
  );
  t.is(figure(ghosts.at(-1), "ghosts, at least"), 14);
  t.regex(ghosts[0]!.summary, /^At least 14 clients of 0\.0\.0\.0:3000 believe to be connected/);
  // Quiet for 120 s, not less.
  t.true(ghosts.at(-1)!.lastSeen - ghosts[0]!.firstSeen < 1000);
  t.deepEqual([...new Set(findings.map(({ symptom }) => symptom))].toSorted(), [
    "accept-queue-overflow",
    "ghost-connections",
  ]);
});

test("a ghost that speaks again and again is one ghost", (t) => {
  const line = timeline({ limit: 4 })
    .play(1000)
    .play(500, { ...blocked, burst: 19 });
  line.play(100, {
    ...blocked,
    drops: 3,
    counters: { SyncookiesSent: 3, SyncookiesRecv: 3, ListenOverflows: 3, ListenDrops: 3 },
  });
  for (let i = 0; i < 5; i += 1)
    line.play(300, { ...blocked, drops: 3, counters: { SyncookiesRecv: 3, ListenOverflows: 3, ListenDrops: 3 } });
  t.is(figure(of("ghost-connections", explained(line.play(1000).snapshots)).at(-1), "ghosts, at least"), 3);
});

test("cookies that get in are no ghosts", (t) => {
  const line = timeline({ limit: 64 })
    .play(1000)
    .play(100, { counters: { SyncookiesSent: 30, SyncookiesRecv: 30, PassiveOpens: 30 } });
  t.deepEqual(of("ghost-connections", explained(line.play(5000).snapshots)), []);
});

test("tcp_abort_on_overflow resets those whose third ACK meets a full queue", (t) => {
  const sysctl = { somaxconn: 4096, tcp_abort_on_overflow: 1, tcp_syncookies: 1, tcp_syn_linear_timeouts: 4 };
  const line = timeline({ limit: 4, sysctl })
    .play(1000)
    .play(300, { ...blocked, burst: 5 });
  line.play(1500, {
    ...blocked,
    drops: 12,
    counters: { EmbryonicRsts: 6, OutRsts: 6, ListenOverflows: 6, ListenDrops: 6 },
  });
  const findings = explained(line.play(15_000).snapshots);
  const resets = of("connections-reset", findings);
  t.deepEqual(
    [...new Set(outline(resets))],
    ["connections-reset/event-loop-blocked active", "connections-reset/event-loop-blocked resolved"],
  );
  t.is(figure(resets.at(-1), "connections reset"), 6);
  const overflow = of("accept-queue-overflow", findings).at(-1);
  // 12 on the listener's own counter, which counts a dropped third ACK twice.
  t.is(figure(overflow, "listener drops"), 12);
  t.is(figure(overflow, "segments refused"), 6);
});

test("a listener closed on those who wait in it resets them", (t) => {
  const line = timeline()
    .play(1000)
    .play(300, { ...blocked, burst: 6 });
  const last = line.snapshots.at(-1)!;
  const gone = [200, 400, 600, 800].map((ms) => ({
    ...last,
    at: last.at + ms,
    time: last.time + ms,
    listeners: [],
    counters: { ...last.counters, OutRsts: (last.counters?.OutRsts ?? 0) + 6 },
  }));
  const findings = explained([...line.snapshots, ...gone]);
  t.deepEqual(outline(findings), ["connections-reset/listener-closed active"]);
  t.is(figure(findings[0], "connections reset"), 6);
});

test("a listener closed with an empty queue is nothing", (t) => {
  const line = timeline().play(1000);
  const last = line.snapshots.at(-1)!;
  const gone = [200, 400, 600].map((ms) => ({
    ...last,
    at: last.at + ms,
    listeners: [],
    counters: { ...last.counters, OutRsts: 50 },
  }));
  t.deepEqual(explained([...line.snapshots, ...gone]), []);
});

test("at the descriptor limit connections that complete and are not kept were shed", (t) => {
  const full = { open: 80, limit: 80 };
  const owned = { count: 50, accepted: 50 };
  const line = timeline({ fds: full, listener: { owned } }).play(1000).play(500, { burst: 12 }).play(500, { burst: 5 });
  const findings = explained(line.play(10_000).snapshots);
  t.deepEqual(
    [...new Set(outline(findings))],
    ["connections-shed/fd-exhausted active", "connections-shed/fd-exhausted resolved"],
  );
  t.is(figure(findings.at(-1), "connections shed"), 17);
  t.regex(findings[0]!.summary, /80 of 80 file descriptors/);
  t.regex(findings[0]!.remedy[0]!, /ulimit -n 4096/);
});

test("at the descriptor limit connections that wait in the queue were not shed", (t) => {
  const line = timeline({ limit: 511, fds: { open: 80, limit: 80 } })
    .play(1000)
    .play(400, { ...blocked, burst: 4 })
    .play(100, blocked);
  t.deepEqual(explained(line.snapshots), []);
});

test("below the descriptor limit nothing is shed", (t) => {
  t.deepEqual(
    explained(
      timeline({ fds: { open: 70, limit: 80 } })
        .play(1000)
        .play(500, { burst: 12 })
        .play(5000).snapshots,
    ),
    [],
  );
});

const refusing = (refused: number) => ({
  listener: { refused, maxConnections: 100, owned: { count: 100, accepted: 500 } },
});

test("connections refused for maxConnections are shed", (t) => {
  const line = timeline()
    .play(1000, refusing(0))
    .play(1000, refusing(7))
    .play(1000, refusing(9))
    .play(10_000, refusing(9));
  const findings = explained(line.snapshots);
  t.deepEqual(
    [...new Set(outline(findings))],
    ["connections-shed/max-connections active", "connections-shed/max-connections resolved"],
  );
  t.is(figure(findings.at(-1), "connections shed"), 9);
  t.regex(findings[0]!.summary, /server\.maxConnections \(100\)/);
});

const holding = (n: number, ms: number) => ({
  listener: { roundRobin: true, owned: { count: n, accepted: n, untouchedMs: Array<number>(n).fill(ms) } },
});

test("connections held untouched by a cluster primary wait in its own queue", (t) => {
  const line = timeline({ limit: 511 })
    .play(1000, holding(0, 0))
    .play(100, holding(40, 300))
    .play(100, holding(40, 700))
    .play(500, holding(40, 1100));
  const findings = explained(line.play(5000, holding(0, 0)).snapshots);
  t.deepEqual(
    [...new Set(outline(findings))],
    ["accept-wait/cluster-queue active", "accept-wait/cluster-queue resolved"],
  );
  t.regex(findings.at(-1)!.summary, /^40 connections to 0\.0\.0\.0:3000 waited in the cluster primary/);
});

test("the observer is asked to look where somebody waits, and at the counters while there is trouble", (t) => {
  const explainer = createExplainer();
  told(explainer, timeline().play(1000).snapshots);
  t.deepEqual(explainer.attention(), {
    waiting: [],
    counters: false,
    synRecv: false,
    pressed: [],
    sockets: [],
    ask: [],
  });
  const other = createExplainer();
  told(
    other,
    timeline()
      .play(1000)
      .play(60, { ...blocked, burst: 5 }).snapshots,
  );
  t.deepEqual(other.attention(), {
    waiting: [1n],
    counters: true,
    synRecv: false,
    pressed: [1n],
    sockets: [],
    ask: [],
  });
});
