// What limits a transfer, as it was measured on the kernel over an emulated link: window, round trip, losses, queues.
import test from "ava";
import { nanosPerSecond } from "../../../src/model/engine.js";
import { view } from "../../../src/model/transfer/view.js";
import type { EndpointSpec, PathSpec } from "../../../src/model/transfer/scenario.js";
import { startAll } from "../../../src/model/transfer/start-ends.js";
import { createTransferWorld } from "../../../src/model/transfer/world.js";

const megabit = 125_000;
const link: PathSpec = { device: "wire", delayedLink: "tun", gso: false };

/** A sender with more to send than fits, and how things stand after four seconds. */
const bulk = (path: PathSpec, sender: EndpointSpec = {}, receiver: EndpointSpec = {}) => {
  const scenario = {
    kind: "transfer",
    path,
    sender: { writes: [{ at: 0, bytes: 1e9, chunk: 65_536 }], ...sender },
    receiver: { reads: [{ from: 0, chunk: 65_536 }], ...receiver },
  } as const;
  const world = createTransferWorld(scenario, () => undefined);
  const [started] = startAll(world, scenario);
  world.engine.runUntil(4 * nanosPerSecond);
  const sent = world.counters.get("TCPOrigDataSent")!;
  return {
    ...view(world.ends.sender),
    megabits: (started!.log.read("receiver") * 8) / 4e6,
    retransmitted: (world.counters.get("RetransSegs") ?? 0) / sent,
  };
};

const isBetween = (value: number, least: number, most: number): boolean => value >= least && value <= most;

test("a slow link with a deep queue: no loss, the round trip grows to a quarter of a second", (t) => {
  const { cwnd, inFlight, srttMicros, retransmitted, megabits } = bulk({ ...link, rtt: 0.01, rate: 4 * megabit });
  // Measured: 93 packets of 93 in flight, 267 ms.
  t.true(isBetween(cwnd, 84, 102), `${cwnd} packets`);
  t.is(inFlight, cwnd);
  t.true(isBetween(srttMicros / 1000, 240, 294), `${srttMicros / 1000} ms`);
  t.is(retransmitted, 0);
  t.true(isBetween(megabits, 3.7, 4), `${megabits} Mbit/s`);
});

test("a slow link with a queue of twenty: few losses, the window between them", (t) => {
  const { cwnd, srttMicros, retransmitted, megabits } = bulk({ ...link, rtt: 0.01, rate: 4 * megabit, queue: 20 });
  // Measured: 16 packets, 63 ms, 0.9 % sent again.
  t.true(isBetween(cwnd, 14, 25), `${cwnd} packets`);
  t.true(isBetween(srttMicros / 1000, 45, 75), `${srttMicros / 1000} ms`);
  t.true(isBetween(retransmitted, 0.001, 0.02), `${retransmitted} sent again`);
  t.true(isBetween(megabits, 3.6, 4), `${megabits} Mbit/s`);
});

test("two losses in a hundred keep cubic's window at a few packets, and as many are sent again", (t) => {
  const { cwnd, srttMicros, retransmitted } = bulk({ ...link, rtt: 0.02, loss: 0.02 });
  // Measured: 9 packets, the round trip of the path, 2 %.
  t.true(isBetween(cwnd, 3, 20), `${cwnd} packets`);
  t.true(isBetween(srttMicros / 1000, 20, 23), `${srttMicros / 1000} ms`);
  t.true(isBetween(retransmitted, 0.01, 0.03), `${retransmitted} sent again`);
});

test("bbr does not mind two losses in a hundred", (t) => {
  const lossy = { ...link, rtt: 0.02, loss: 0.02, rate: 40 * megabit };
  const [bbr, cubic] = [bulk(lossy, { congestion: "bbr" }), bulk(lossy)];
  t.true(bbr.megabits > 30, `${bbr.megabits} Mbit/s`);
  t.true(cubic.megabits < bbr.megabits / 4, `${cubic.megabits} Mbit/s with cubic`);
});

test("a small receive buffer: what is in flight is the peer's window, whatever the congestion window", (t) => {
  const { cwnd, inFlight, sndWnd, notSent } = bulk({ ...link, rtt: 0.04 }, {}, { rcvbuf: 65_536 });
  // Measured: 27 packets of 61 in flight, the peer's window at 39096.
  t.is(inFlight, 27);
  t.true(isBetween(sndWnd, 37_500, 40_500), `a window of ${sndWnd}`);
  t.true(cwnd >= 2 * inFlight, `${cwnd} packets`);
  t.true(notSent > 100_000, `${notSent} bytes not sent`);
});

test("a small send buffer: nothing is unsent, and windows are not what limits", (t) => {
  const { cwnd, inFlight, notSent, sndWnd } = bulk({ ...link, rtt: 0.04 }, { sndbuf: 65_536 });
  t.true(notSent < 1448, `${notSent} bytes not sent`);
  t.true(inFlight < cwnd, `${inFlight} of ${cwnd} packets`);
  t.true(sndWnd > 10 * 65_536, `a window of ${sndWnd}`);
});

test("a rate at the sender's own device: the queue counts against the flow", (t) => {
  const { wmemAlloc, srttMicros, megabits } = bulk({ device: "veth", rate: 8 * megabit, queueBytes: 131_072 });
  // Measured with tbf: 110 to 228 KB in the device, 69 to 127 ms, 7.68 Mbit/s.
  t.true(isBetween(wmemAlloc, 60_000, 230_000), `${wmemAlloc} bytes`);
  t.true(isBetween(srttMicros / 1000, 60, 135), `${srttMicros / 1000} ms`);
  t.true(isBetween(megabits, 7.4, 8), `${megabits} Mbit/s`);
});
