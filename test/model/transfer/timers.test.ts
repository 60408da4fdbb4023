// Timeouts, probes and delayed acknowledgements, against what was measured on Linux 6.18 (20.8 ms round trip).
import test from "ava";
import { simulate, type TransferResult, type TransferScenario } from "../../../src/model/index.js";

const run = (scenario: Omit<TransferScenario, "kind">): TransferResult => simulate({ kind: "transfer", ...scenario });
const at = (result: TransferResult, event: string): readonly number[] =>
  result.events.filter((one) => one.event === event).map((one) => one.at);
/** Each within an eighth, what the timer wheel adds, of what was measured. */
const isNear = (times: readonly number[], measured: readonly number[]): boolean =>
  times.length === measured.length &&
  times.every((time, index) => Math.abs(time - measured[index]!) <= Math.max(0.03, measured[index]! / 8));

const blackhole = (retries: number, more: object = {}): TransferResult =>
  run({
    path: { device: "wire", rtt: 0.0208, blackholeAt: 1 },
    sender: { writes: [{ at: 1.5, bytes: 100 }], ...more },
    receiver: {},
    sysctl: { tcp_retries2: retries },
    until: 200,
  });
const since = (times: readonly number[], start: number): readonly number[] => times.map((time) => time - start);

test("a lost segment: a probe after twice the round trip and 200 ms, then timeouts that double", (t) => {
  const result = blackhole(8);
  const probes = since(at(result, "loss-probe"), 1.5);
  const timeouts = since(at(result, "timeout"), 1.5);
  t.true(isNear(probes, [0.24]), String(probes));
  t.true(isNear(timeouts, [0.47, 0.93, 1.85, 3.67, 7.41, 14.8, 29.4, 60.1]), String(timeouts));
});

for (const [retries, seconds] of [
  [3, 3.67],
  [5, 14.84],
  [8, 119.5],
] as const)
  test(`tcp_retries2 ${retries}: the connection is given up after about ${seconds} s`, (t) => {
    const result = blackhole(retries);
    const given = since(at(result, "given-up"), 1.5);
    t.true(isNear(given, [seconds]), String(given));
    t.is(result.counters.TCPAbortOnTimeout, 1);
  });

test("TCP_USER_TIMEOUT ends it at the first timer that is due after it", (t) => {
  const given = since(at(blackhole(15, { userTimeout: 5 }), "given-up"), 1.5);
  t.true(isNear(given, [5.49]), String(given));
});

const closedWindow = (userTimeout?: number): TransferResult =>
  run({
    path: { device: "wire", rtt: 0.02 },
    sender: { userTimeout, writes: [{ at: 0, bytes: 1_000_000 }] },
    receiver: { rcvbuf: 32_768 },
    until: 60,
  });

test("a closed window is probed after 0.22 s, then each time twice as late, for as long as the peer answers", (t) => {
  const result = closedWindow();
  const [closed] = at(result, "window-closed");
  const probed = since(at(result, "dropped"), closed!);
  t.true(isNear(probed, [0.24, 0.7, 1.64, 3.46, 7.1, 14.4, 28.7]), String(probed));
  t.is(result.counters.TCPWinProbe, 7);
});

test("TCP_USER_TIMEOUT counts for a closed window too", (t) => {
  const given = at(closedWindow(4), "given-up");
  t.true(isNear(given, [4.4]), String(given));
});

test("write, write, read: Nagle holds the second until the first's delayed acknowledgement, TCP_NODELAY does not", (t) => {
  const answer = (nodelay: boolean): number => {
    const { timeline } = run({
      path: { device: "veth" },
      sender: {
        nodelay,
        writes: [
          { at: 1, bytes: 100 },
          { at: 2, bytes: 300, chunk: 100 },
        ],
      },
      receiver: { reads: [], writes: [{ at: 1, bytes: 1 }] },
      until: 3,
    });
    return timeline.find(({ recvQ }) => recvQ === 400)!.at - 2;
  };
  t.true(answer(true) < 0.001);
  const held = answer(false);
  t.true(held >= 0.036 && held <= 0.05, String(held));
});

test("a FIN ends the stream behind what was written, and unread data makes close(2) a reset", (t) => {
  const { calls } = run({
    sender: { writes: [{ at: 0, bytes: 1000 }], shutdownAt: 0.1 },
    receiver: { reads: [{ from: 0.2, chunk: 600 }] },
    until: 1,
  });
  t.deepEqual(
    calls.filter(({ call }) => call === "read").map(({ returned, outcome }) => [returned, outcome]),
    [
      [600, "complete"],
      [400, "partial"],
      [0, "eof"],
    ],
  );
  const reset = run({
    sender: {
      writes: [
        { at: 0, bytes: 1000 },
        { at: 1, bytes: 1000 },
      ],
    },
    receiver: { closeAt: 0.5 },
    until: 2,
  });
  t.deepEqual([reset.calls.at(-1)?.outcome, reset.counters.TCPAbortOnClose, reset.counters.OutRsts], ["reset", 1, 1]);
});

test("lost packets are told by SACK and sent again: everything arrives", (t) => {
  const { read, counters } = run({
    path: { device: "wire", rtt: 0.02, gso: false, delayedLink: "tun", loss: 0.02 },
    sender: { writes: [{ at: 0, bytes: 1_000_000, chunk: 65_536 }] },
    receiver: { reads: [{ from: 0, chunk: 65_536 }] },
    until: 60,
  });
  t.is(read, 1_000_000);
  t.true(counters.RetransSegs! > 5 && counters.TCPSackRecovery! > 0);
});

test("keep-alive idle 2, interval 1, 3 probes: a peer that is gone is given up after 5 s, one that is there is asked for ever", (t) => {
  const scenario = (blackholeAt: number | undefined): TransferResult =>
    run({
      path: { device: "wire", rtt: 0.02, blackholeAt },
      sender: { keepAlive: { idle: 2, interval: 1, probes: 3 } },
      receiver: {},
      until: 30,
    });
  const gone = scenario(0.001);
  t.true(isNear(at(gone, "keep-alive-probe"), [2, 3, 4]), String(at(gone, "keep-alive-probe")));
  t.true(isNear(at(gone, "given-up"), [5.1]), String(at(gone, "given-up")));
  t.deepEqual([gone.counters.TCPKeepAlive, gone.counters.TCPAbortOnTimeout], [3, 1]);
  const there = scenario(undefined);
  t.deepEqual(at(there, "given-up"), []);
  t.true((there.counters.TCPKeepAlive ?? 0) >= 12);
});
