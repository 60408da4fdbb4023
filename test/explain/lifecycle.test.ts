import test from "ava";
import { createExplainer } from "../../src/explain/explainer.js";
import { blocked } from "./phases.js";
import { explained, figure, outline, timeline, told } from "./timeline.js";

test("repeated SYNs at 1, 2, 3, 4, 5, 7 and 11 s do not make new findings", (t) => {
  const line = timeline({ limit: 4 }).play(1000).play(100, { burst: 60 });
  // Fewer of them each time, into a loop that is healthy.
  for (const [gap, clients] of [
    [900, 50],
    [900, 42],
    [900, 35],
    [900, 28],
    [900, 21],
    [1900, 14],
    [4150, 9],
  ] as const)
    line.play(gap).play(100, { burst: clients });
  const findings = explained(line.play(20_000).snapshots);
  t.is(new Set(findings.map(({ id }) => id)).size, 1);
  t.is(findings.filter(({ state }) => state === "resolved").length, 1);
  t.is(findings.at(-1)?.state, "resolved");
  t.is(findings.at(-1)?.cause, "backlog-too-small");
  // 55 of the 60 were refused at first; the rest are the same clients again.
  t.is(figure(findings.at(-1), "clients refused"), 55);
  t.true(findings.length <= 5, outline(findings).join("\n"));
});

test("SYNs repeated into a healthy loop after a block belong to the block", (t) => {
  const line = timeline({ limit: 4 })
    .play(1000)
    .play(2500, { ...blocked, burst: 40 })
    .play(500);
  const findings = explained(line.play(100, { burst: 30 }).play(900).play(100, { burst: 20 }).play(15_000).snapshots);
  t.is(new Set(findings.map(({ id, cause }) => `${id} ${cause}`)).size, 1);
  t.is(findings[0]?.cause, "event-loop-blocked");
});

test("a queue that flaps for a minute makes one finding and few lines", (t) => {
  const line = timeline().play(1000);
  for (let i = 0; i < 60; i += 1) line.play(300, { ...blocked, burst: 30 }).play(700);
  const findings = explained(line.play(20_000).snapshots);
  t.is(new Set(findings.map(({ id }) => id)).size, 1);
  t.true(findings.length <= 12, `${findings.length} lines`);
  t.is(figure(findings.at(-1), "listener drops"), 60 * 13);
});

test("two causes on one listener are two findings", (t) => {
  const line = timeline()
    .play(1000)
    .play(100, { burst: 60 })
    .play(2000)
    .play(2000, { ...blocked, burst: 60 })
    .play(20_000);
  const findings = explained(line.snapshots);
  t.deepEqual(
    findings
      .filter(({ state }) => state === "resolved")
      .map(({ cause }) => cause)
      .toSorted(),
    ["backlog-too-small", "event-loop-blocked"],
  );
});

test("the same fault after a quiet minute is a new finding", (t) => {
  const line = timeline()
    .play(1000)
    .play(1000, { ...blocked, burst: 60 })
    .play(60_000)
    .play(1000, { ...blocked, burst: 60 });
  t.is(new Set(explained(line.play(20_000).snapshots).map(({ id }) => id)).size, 2);
});

/** From the first snapshot with a drop to the one with the finding, ms. */
const begun = (line: ReturnType<typeof timeline>): number => {
  const explainer = createExplainer();
  const first = line.snapshots.find((snapshot) => (snapshot.listeners[0]?.drops ?? 0) > 0)!;
  const at = line.snapshots.find((snapshot) => told(explainer, [snapshot]).length > 0)!.at;
  return at - first.at;
};

test("a finding begins within 150 ms of the first drop when the cause shows, and within a second when it does not", (t) => {
  t.true(
    begun(
      timeline()
        .play(1000)
        .play(2000, { ...blocked, arrivals: 40 }),
    ) <= 150,
  );
  t.true(begun(timeline().play(1000).play(100, { burst: 60 }).play(1000)) <= 150);
  t.true(
    begun(
      timeline({ without: ["loops"] })
        .play(1000)
        .play(3000, { ...blocked, burst: 60 }),
    ) <= 1000,
  );
});

test("a small limit is not blamed before the loop has turned", (t) => {
  const line = timeline()
    .play(1000)
    .play(180, { ...blocked, burst: 60 });
  t.deepEqual(outline(explained(line.snapshots)), []);
  t.deepEqual(outline(explained(line.play(100, blocked).snapshots)), [
    "accept-queue-overflow/event-loop-blocked active",
  ]);
});

test("the symptom rises under one id: wait, abandoned, overflow", (t) => {
  const line = timeline()
    .play(1000)
    .play(1000, { ...blocked, burst: 8 });
  line
    .play(500, { ...blocked, gone: 4 })
    .play(500, { ...blocked, burst: 30 })
    .play(15_000);
  const findings = explained(line.snapshots);
  t.is(new Set(findings.map(({ id }) => id)).size, 1);
  t.deepEqual(
    [...new Set(findings.map(({ symptom }) => symptom))],
    ["accept-wait", "abandoned-in-queue", "accept-queue-overflow"],
  );
});

test("a finding keeps its first moment and ends with the last evidence", (t) => {
  const line = timeline()
    .play(1000)
    .play(1000, { ...blocked, burst: 60 })
    .play(15_000);
  const last = explained(line.snapshots).at(-1)!;
  const base = line.snapshots[0]!.time;
  t.true(last.firstSeen - base >= 1000 && last.firstSeen - base <= 1150, `${last.firstSeen - base}`);
  t.true(last.lastSeen - base >= 2000 && last.lastSeen - base <= 2200, `${last.lastSeen - base}`);
});

test("a muted finding is neither told nor listed, whatever it rises to", (t) => {
  const line = timeline()
    .play(1000)
    .play(1000, { ...blocked, burst: 60 });
  const explainer = createExplainer({
    mute: [{ symptom: "accept-queue-overflow", cause: "event-loop-blocked", port: 3000 }],
  });
  t.deepEqual(outline(told(explainer, line.snapshots)), []);
  t.deepEqual(explainer.active(), []);
  const other = createExplainer({ mute: [{ symptom: "accept-queue-overflow", port: 3001 }] });
  t.is(told(other, line.snapshots).length, 1);
});

test("thresholds are options", (t) => {
  const line = timeline({ limit: 511 })
    .play(1000)
    .play(300, { ...blocked, burst: 30 })
    .play(1000);
  t.deepEqual(outline(explained(line.snapshots)), []);
  t.deepEqual(outline(explained(line.snapshots, { waitP95Ms: 200 })).slice(0, 1), [
    "accept-wait/event-loop-blocked active",
  ]);
});
