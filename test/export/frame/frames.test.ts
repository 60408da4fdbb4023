// A frame as a whole: what the observer makes of the looks of an interval.
import test from "ava";
import type { Finding } from "../../../src/explain/finding.js";
import { createExplainer } from "../../../src/explain/explainer.js";
import type { Frame } from "../../../src/export/frame/frame.js";
import { createFrames } from "../../../src/export/frame/frames.js";
import { jsonOf } from "../../../src/export/json.js";
import type { NetworkReading } from "../../../src/snapshot/network.js";
import type { Snapshot } from "../../../src/snapshot/snapshot.js";
import { softnet } from "../../explain/network/readings.js";
import { blocked } from "../../explain/phases.js";
import { timeline } from "../../explain/timeline.js";
import { snapshot } from "../readings.js";

/** One frame a second of a played timeline, as the observer makes them. */
const framesOf = (snapshots: readonly Snapshot[], intervalMs = 1000): readonly Frame[] => {
  const frames = createFrames();
  const explainer = createExplainer();
  const active = new Map<string, Finding>();
  let intervalAt = Number.NEGATIVE_INFINITY;
  return snapshots.flatMap((one) => {
    for (const finding of explainer.observe(one)) active.set(finding.id, finding);
    frames.look(one);
    if (one.at - intervalAt < intervalMs) return [];
    intervalAt = one.at;
    return [frames.compose(one, [...active.values()])];
  });
};

test("an overflow is a frame with the queue's points, its drops, the loop that stood and the finding", (t) => {
  const { snapshots } = timeline({ limit: 16, listenBacklog: 16 })
    .play(2000, { arrivals: 20 })
    .play(1000, { ...blocked, arrivals: 100, stall: { frames: ["rebuild (/app/server.js:12:9)"] } })
    .play(1000);
  const frame = framesOf(snapshots).find(({ listeners }) => (listeners[0]?.dropped ?? 0) > 0)!;
  const { points, ...row } = frame.listeners[0]!;
  t.like(row, { id: "0.0.0.0:3000", length: 17, limit: 16, listenBacklog: 16, peak: 17, oldestMs: 980 });
  t.is(points.length, 50);
  t.is(
    points.reduce((sum, [, , dropped]) => sum + dropped, 0),
    row.dropped!,
  );
  t.deepEqual(points.at(-1)?.slice(0, 2), [0, 17]);
  t.like(frame.loops, [{ id: 1, main: true, idleShare: 0, iterations: 0, stalledMs: 1000 }]);
  t.like(frame.process, { pid: 77, mainCpuShare: 1, mainWaitShare: 0 });
  t.deepEqual(
    frame.stalls.map(({ frames: [innermost] }) => innermost),
    ["rebuild (/app/server.js:12:9)"],
  );
  t.is(frame.counters?.ListenOverflows, row.dropped);
  t.deepEqual(
    frame.findings.map(({ symptom, cause }) => `${symptom}/${cause}`),
    ["accept-queue-overflow/event-loop-blocked"],
  );
});

test("the first frame has no differences, and a quiet one no counters", (t) => {
  const [first, second] = framesOf(timeline().play(1000).snapshots);
  t.is(first?.intervalMs, undefined);
  t.is(first?.counters, undefined);
  t.is(first?.loops[0]?.idleShare, undefined);
  t.deepEqual(second?.counters, {});
  t.is(second?.intervalMs, 1000);
  t.is(second?.loops[0]?.idleShare, 0.98);
});

test("below the sockets: differences between two looks, absent while nobody looked", (t) => {
  const reading = (rx: number, dropped: number): NetworkReading => ({
    cpus: [{ cpu: 0, softnet: softnet(0, { processed: rx, dropped }) }],
    interruptCpus: [0],
    nics: [{ name: "eth0", driver: "virtio_net", statistics: { rx_packets: rx, rx_bytes: BigInt(rx) * 1500n } }],
  });
  const frames = createFrames();
  t.like(frames.compose(snapshot(0, { network: reading(0, 0) }), []).network, {
    nics: [{ name: "eth0", isLoopback: false, driver: "virtio_net", mode: "unknown" }],
    cpus: [],
  });
  t.is(frames.compose(snapshot(1000), []).network, undefined);
  const { network } = frames.compose(snapshot(2000, { network: reading(4000, 7) }), []);
  t.like(network?.nics[0], { rxPacketRate: 2000, rxByteRate: 3_000_000, txPacketRate: undefined, rxMissed: 0 });
  t.like(network?.cpus[0], { cpu: 0, processedRate: 2000, dropped: 7, squeezed: 0 });
});

test("a frame is JSON, also with 64-bit figures in a finding", (t) => {
  const evidence = [{ name: "sent", value: 2n ** 60n, source: "tcpi_bytes_sent" }];
  const frame = createFrames().compose(snapshot(0), [{ id: "f", state: "active", evidence } as unknown as Finding]);
  t.is(JSON.parse(jsonOf(frame)).findings[0].evidence[0].value, String(2n ** 60n));
});
