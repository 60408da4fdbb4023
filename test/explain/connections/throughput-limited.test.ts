// What limits a transfer, row by row, and how it is told from what only looks like it.
import test from "ava";
import { figure, history, outline, type Phase, standing, told } from "./history.js";
import { mss, rows } from "./limits.js";

for (const [name, { phase, says }] of Object.entries(rows))
  test(name, (t) => {
    t.deepEqual(outline(standing(history().play(8000, phase))), says);
    // The same looks four times as often.
    t.deepEqual(outline(standing(history().play(8000, { ...phase, every: 250 }))), says);
  });

test("a look between what has just arrived and its reader does not hide that our receive buffer is small", (t) => {
  const name = "our own SO_RCVBUF 32 K, read at once: 977 KB/s through 39096 bytes";
  const { phase, says } = rows[name]!;
  const saidIf = (isMet: (look: number) => boolean): readonly string[] => {
    const each = (look: number): object => ({ row: { recvQBytes: isMet(look) ? 13_032 : 0 } });
    return outline(standing(history().play(8000, { ...phase, every: 250, each })));
  };
  t.deepEqual(
    saidIf((look) => look % 3 === 0),
    says,
  );
  t.deepEqual(
    saidIf(() => true),
    [],
  );
});

test("a window that opens within its buffer is steady, one whose buffer grows is not", (t) => {
  const { phase, says } = rows["our own SO_RCVBUF 32 K, read at once: 977 KB/s through 39096 bytes"]!;
  const opening = (rcvbuf: (look: number) => number): Phase => ({
    ...phase,
    every: 500,
    each: (look) => ({ tcp: { rcvWndBytes: look === 0 ? 8832 : 39_096 }, mem: { rcvbuf: rcvbuf(look) } }),
  });
  const saidIf = (rcvbuf: (look: number) => number): readonly string[] =>
    outline(standing(history().play(3500, opening(rcvbuf))));
  t.deepEqual(
    saidIf(() => 65_536),
    says,
  );
  t.deepEqual(
    saidIf((look) => 30_000 + 1000 * look),
    [],
  );
});

test("the rate of the peer's window is foretold and met, and the remedy has the number", (t) => {
  const line = history().play(
    8000,
    rows["the peer's SO_RCVBUF 32 K, read at once: 27 of 61, window 39096 constant, 190 K unsent"]!.phase,
  );
  const [finding] = standing(line);
  t.is(figure(finding, "rate"), 960_000);
  t.is(figure(finding, "rate of that window"), Math.round((39_096 / 40.4) * 1000));
  t.regex(finding!.remedy[0]!, /353 KB or more/);
});

test("the window that the loss allows is foretold: 8.5 segments at 2 %", (t) => {
  const line = history().play(8000, rows["2 % lost, cubic: 9 of 9, 336 K unsent, round trip as it should be"]!.phase);
  t.is(figure(standing(line)[0], "window that this loss allows"), 8.53);
});

test("a full send buffer whose writer waits for nothing is none; one that Node waits for is sure", (t) => {
  const { phase } = rows["SO_SNDBUF 32 K: 15.6 Mb/s, 29 of 1320, nothing unsent, sndbuf clock 0.01, app_limited"]!;
  t.deepEqual(standing(history().play(8000, { ...phase, node: { writableLength: 0 } })), []);
  const [finding] = standing(
    history().play(8000, { ...phase, node: { writableLength: 16_384, writableNeedDrain: true } }),
  );
  t.is(finding?.confidence, 0.95);
});

test("a limit that holds for two seconds is not told", (t) => {
  const { phase } = rows["2 % lost, cubic: 9 of 9, 336 K unsent, round trip as it should be"]!;
  t.deepEqual(standing(history().play(2000, phase)), []);
});

test("a transfer whose timeouts go unanswered has no limit, although its rate is still the window's", (t) => {
  const { phase } = rows["4 Mb/s with a deep queue: 93 of 93, 217 K unsent, round trip 10 → 267 ms"]!;
  const lived = history().play(1600, { ...phase, every: 200 });
  const cut = (_: number, ms: number): ReturnType<NonNullable<Phase["each"]>> => {
    const timeouts = ms < 500 ? 0 : ms < 1400 ? 1 : 2;
    return { tcp: { lastAckRecvMs: ms, retransmits: timeouts, backoff: timeouts, rtoMicros: 470_000 * 2 ** timeouts } };
  };
  lived.play(2400, {
    ...phase,
    every: 200,
    each: cut,
    perSecond: { dataSegsOut: 4, totalRetrans: 4, busyMicros: 1e6 },
  });
  t.deepEqual(outline(standing(lived)), ["write-stalled/path-blackhole info"]);
  t.deepEqual(
    told(lived).filter(({ symptom }) => symptom === "throughput-limited"),
    [],
  );
});

test("one look at which the round trip has doubled makes no slow link of a path that loses", (t) => {
  const { phase } = rows["2 % lost, cubic: 9 of 9, 336 K unsent, round trip as it should be"]!;
  const lateAt = (look: number | undefined) =>
    told(
      history()
        .play(1000)
        .play(5000, { ...phase, every: 200, each: (n) => ({ tcp: { rttMicros: n === look ? 48_000 : 20_900 } }) }),
    ).map(({ cause, severity, firstSeen }) => [cause, severity, firstSeen]);
  t.is(lateAt(undefined).length, 1);
  t.deepEqual(lateAt(14), lateAt(undefined));
});

test("loss comes by chance: a second with few lost segments does not begin the count anew, and alone says nothing", (t) => {
  const bare = { tcp: { cwnd: 10, unacked: 10, notSentBytes: 336_000 }, row: { sendQBytes: 336_000 + 10 * mss } };
  const losing = (totalRetrans: number): Phase => ({
    ...bare,
    perSecond: { bytesAcked: 360_000, dataSegsOut: 250, totalRetrans, busyMicros: 1e6 },
  });
  const lucky = history().play(1000);
  for (const lost of [6, 6, 2, 2, 3]) lucky.play(1000, losing(lost));
  t.deepEqual(outline(standing(lucky)), ["throughput-limited/packet-loss warning"]);
  t.deepEqual(
    outline(standing(history().play(8000, losing(1)))).filter((one) => one.includes("packet-loss")),
    [],
  );
});
