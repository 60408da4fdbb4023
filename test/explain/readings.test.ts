// Readings that wrap, are missing, or come late.
import test from "ava";
import { createExplainer } from "../../src/explain/explainer.js";
import { blocked } from "./phases.js";
import { explained, figure, outline, timeline, told } from "./timeline.js";

test("a drop counter that wraps at 32 bits counts on", (t) => {
  const line = timeline({ drops: 2 ** 32 - 5 })
    .play(1000)
    .play(1000, { ...blocked, burst: 40 })
    .play(10_000);
  t.is(figure(explained(line.snapshots).at(-1), "listener drops"), 23);
});

test("drops of before the observer began are not its findings", (t) => {
  t.deepEqual(outline(explained(timeline({ drops: 5000 }).play(5000).snapshots)), []);
});

test("what overflows between the readings of a listener and of the counters is told at the next look", (t) => {
  const counters = { ListenOverflows: 4, ListenDrops: 4 };
  const line = timeline().play(1000).play(100, { counters }).play(100, { drops: 4 }).play(10_000);
  t.is(figure(explained(line.snapshots).at(-1), "listener drops"), 4);
  const longAgo = timeline().play(1000).play(100, { counters }).play(200).play(100, { drops: 4 }).play(10_000);
  t.deepEqual(outline(explained(longAgo.snapshots)), []);
});

test("without loop readings the cause is unknown and says what was missing", (t) => {
  const line = timeline({ without: ["loops", "waiting"] })
    .play(1000)
    .play(2000, { ...blocked, burst: 40 })
    .play(10_000);
  const last = explained(line.snapshots).at(-1)!;
  t.is(last.cause, "unknown");
  t.regex(String(figure(last, "not known")), /the event loop could not be seen/);
  t.true(last.confidence <= 0.5);
});

test("without run-queue, quota and steal readings a block is still named, a little less surely", (t) => {
  const line = timeline({ without: ["task", "quota"] })
    .play(1000)
    .play(2000, { ...blocked, burst: 40 })
    .play(10_000);
  const last = explained(line.snapshots).at(-1)!;
  t.is(last.cause, "event-loop-blocked");
  t.true(last.confidence < 0.97 && last.confidence >= 0.8, `${last.confidence}`);
  t.regex(String(figure(last, "not known")), /CPU quota could not be read/);
  t.is(figure(last, "where it was"), undefined);
});

test("without counters an overflow is told from the listener's own drops, uncorrected", (t) => {
  const line = timeline({ without: ["counters"] })
    .play(1000)
    .play(2000, { ...blocked, burst: 40 })
    .play(10_000);
  const last = explained(line.snapshots).at(-1)!;
  t.is(`${last.symptom}/${last.cause}`, "accept-queue-overflow/event-loop-blocked");
  t.is(figure(last, "listener drops"), 23);
  t.is(figure(last, "segments refused"), undefined);
  t.is(figure(last, "ListenOverflows"), undefined);
});

test("counters that were read before the drops correct nothing", (t) => {
  const { snapshots } = timeline()
    .play(1000)
    .play(2000, { ...blocked, burst: 40 })
    .play(10_000);
  const [{ counters } = {}] = snapshots;
  const stale = snapshots.map((snapshot) =>
    snapshot.at < snapshots[0]!.at + 2500 ? { ...snapshot, counters } : snapshot,
  );
  const overflows = explained(stale).filter(({ symptom }) => symptom === "accept-queue-overflow");
  t.deepEqual([...new Set(overflows.map(({ summary }) => /dropped \d+/.exec(summary)?.[0]))], ["dropped 23"]);
});

test("drops that the counters explain otherwise are no overflow of the accept queue", (t) => {
  const line = timeline()
    .play(1000)
    .play(100, { drops: 40, counters: { ListenDrops: 40 } })
    .play(5000);
  t.deepEqual(
    outline(explained(line.snapshots)).filter((one) => one.startsWith("accept")),
    [],
  );
});

test("without a look at the residents waits are told from the queue's length", (t) => {
  const line = timeline({ without: ["waiting"], limit: 511 })
    .play(1000)
    .play(1500, { ...blocked, burst: 20 })
    .play(5000);
  const last = explained(line.snapshots).at(-1)!;
  t.is(`${last.symptom}/${last.cause}`, "accept-wait/event-loop-blocked");
  t.is(last.evidence.find(({ name }) => name === "accept wait p95")?.source, "estimate: length of the queue");
  const p95 = Number(figure(last, "accept wait p95"));
  t.true(p95 >= 1400 && p95 <= 1600, `${p95}`);
});

test("waits read at accept go before estimates", (t) => {
  const line = timeline({ limit: 511 })
    .play(1000)
    .play(1500, { ...blocked, burst: 20 });
  line.play(20, { every: 20, listener: { acceptWaitsMs: Array<number>(20).fill(1504) } }).play(5000);
  const last = explained(line.snapshots).at(-1)!;
  t.is(figure(last, "accept wait p50"), 1504);
  t.is(
    last.evidence.find(({ name }) => name === "accept wait p95")?.source,
    "tcpi_last_data_sent at accept, ages of the residents",
  );
});

test("a unix listener that stands full is an overflow without a count", (t) => {
  const line = timeline({ transport: "unix", limit: 16 })
    .play(1000)
    .play(2000, { ...blocked, burst: 17 })
    .play(10_000);
  const last = explained(line.snapshots).at(-1)!;
  t.is(`${last.symptom}/${last.cause}`, "accept-queue-overflow/event-loop-blocked");
  t.is(last.subject.path, "/run/app.sock");
  t.regex(last.summary, /^\/run\/app\.sock stood full \(limit 16\) for 2\.0 s/);
});

test("a unix listener makes its clients wait", (t) => {
  const line = timeline({ transport: "unix", limit: 511 })
    .play(1000)
    .play(1500, { ...blocked, burst: 20 })
    .play(5000);
  t.deepEqual(
    [...new Set(outline(explained(line.snapshots)))],
    ["accept-wait/event-loop-blocked active", "accept-wait/event-loop-blocked resolved"],
  );
});

test("a small queue that stays pressed for a second is pressure", (t) => {
  const line = timeline({ limit: 4 })
    .play(1000)
    .play(1500, { ...blocked, burst: 4 })
    .play(5000);
  const findings = explained(line.snapshots);
  t.deepEqual(
    [...new Set(outline(findings))],
    ["accept-queue-pressure/event-loop-blocked active", "accept-queue-pressure/event-loop-blocked resolved"],
  );
  t.regex(
    findings.at(-1)!.summary,
    /^The accept queue of 0\.0\.0\.0:3000 was at least 3\/4 full \(peak 4 of 5\) for 1\.5 s/,
  );
});

test("peers that reset while they waited are gone too: they keep their place and are not listed", (t) => {
  const line = timeline({ limit: 511 })
    .play(1000)
    .play(1000, { ...blocked, burst: 4 });
  const last = line.snapshots.at(-1)!;
  const listener = last.listeners[0]!;
  const later = [40, 80, 120, 160, 200].map((ms) => ({
    ...last,
    at: last.at + ms,
    time: last.time + ms,
    listeners: [
      {
        ...listener,
        length: 8,
        waiting: {
          connections: listener.waiting!.connections.map((one) => ({ ...one, ageMs: one.ageMs + ms })),
          partial: false,
        },
      },
    ],
  }));
  const findings = explained([...line.snapshots, ...later]);
  t.deepEqual(outline(findings), ["abandoned-in-queue/event-loop-blocked active"]);
  t.is(figure(findings[0], "peers gone before accept"), 4);
});

test("a listener that one look misses is still the same", (t) => {
  const line = timeline()
    .play(1000)
    .play(2000, { ...blocked, burst: 40 })
    .play(10_000);
  const snapshots = line.snapshots.map((snapshot, index) =>
    index % 7 === 3 ? { ...snapshot, listeners: [] } : snapshot,
  );
  const findings = explained(snapshots);
  t.is(new Set(findings.map(({ id }) => id)).size, 1);
  t.is(figure(findings.at(-1), "listener drops"), 23);
});

test("members of a SO_REUSEPORT group are told apart by their cookies", (t) => {
  const line = timeline()
    .play(1000)
    .play(2000, { ...blocked, burst: 40 })
    .play(10_000);
  const snapshots = line.snapshots.map((snapshot) => ({
    ...snapshot,
    loops: [
      ...snapshot.loops,
      { ...snapshot.loops[0]!, id: 2, main: false, idleMs: snapshot.at, iterations: snapshot.at },
    ],
    listeners: [
      ...snapshot.listeners,
      { ...snapshot.listeners[0]!, cookie: 2n, loop: 2, length: 0, drops: 0, waiting: undefined },
    ],
  }));
  const findings = explained(snapshots);
  t.is(new Set(findings.map(({ id }) => id)).size, 1);
});

test("a snapshot of before the last one is passed over", (t) => {
  const line = timeline()
    .play(1000)
    .play(1000, { ...blocked, burst: 40 });
  const explainer = createExplainer();
  const first = told(explainer, line.snapshots);
  t.deepEqual(told(explainer, line.snapshots), []);
  t.is(first.length, 1);
});
