// Healthy connections are left alone: nothing at warning or above.
import test from "ava";
import { type History, history, told } from "./history.js";

const moving = { bytesAcked: 1e6, dataSegsOut: 700, busyMicros: 1e6 };

const healthy: Readonly<Record<string, () => History>> = {
  "an idle keep-alive connection": () =>
    history().play(60_000, {
      each: (_, ms) => ({ tcp: { lastDataSentMs: ms, lastDataRecvMs: ms, lastAckRecvMs: ms } }),
    }),
  "a peer that reads slowly but reads": () =>
    history().play(30_000, {
      tcp: { notSentBytes: 320_000, unacked: 22, cwnd: 78 },
      row: { sendQBytes: 352_000 },
      perSecond: { bytesAcked: 320_000, dataSegsOut: 221, busyMicros: 1e6, rwndLimitedMicros: 0.98e6 },
      each: (n) => ({ tcp: { sndWndBytes: n % 2 ? 32_000 : 14_000 } }),
    }),
  "a peer that reads a part every two seconds": () =>
    history().play(30_000, {
      row: { sendQBytes: 300_000 },
      each: (n) => ({
        tcp: {
          notSentBytes: 300_000,
          sndWndBytes: n % 2 ? 0 : 20_000,
          backoff: n % 2,
          bytesAcked: 16_000 * Math.floor(n / 2),
        },
      }),
    }),
  "an application that writes little": () =>
    history().play(20_000, {
      every: 500,
      tcp: { unacked: 3, notSentBytes: 0 },
      row: { sendQBytes: 3000, appLimited: true },
      perSecond: { bytesAcked: 100_000, dataSegsOut: 100, busyMicros: 1e6 },
    }),
  "20 KB every 100 ms": () =>
    history().play(20_000, { row: { appLimited: true }, perSecond: { bytesAcked: 200_000, busyMicros: 0.42e6 } }),
  "a long fat path at its own speed": () =>
    history().play(30_000, {
      tcp: {
        cwnd: 1308,
        unacked: 1305,
        notSentBytes: 800_000,
        sndWndBytes: 20e6,
        rttMicros: 40_900,
        minRttMicros: 40_000,
      },
      row: { sendQBytes: 2_690_000 },
      perSecond: { ...moving, bytesAcked: 47e6, dataSegsOut: 32_500 },
    }),
  "a fast download with spurious retransmissions": () =>
    history().play(20_000, {
      tcp: { cwnd: 110, unacked: 133, sacked: 23, notSentBytes: 3_600_000, rttMicros: 210, minRttMicros: 40 },
      row: { sendQBytes: 3_790_000 },
      perSecond: {
        ...moving,
        bytesAcked: 4e8,
        dataSegsOut: 280_000,
        totalRetrans: 4000,
        dsackDups: 3900,
        reordSeen: 260,
      },
    }),
  "loopback's stalls of 200 ms": () =>
    history().play(20_000, {
      every: 100,
      tcp: { sndMssBytes: 65_483, rttMicros: 50, minRttMicros: 10, unacked: 0, notSentBytes: 500_000 },
      row: { sendQBytes: 500_000 },
      each: (n) => ({
        tcp: { sndWndBytes: n % 3 ? 20_000 : 65_536, bytesAcked: 65_483 * Math.floor(n / 3), backoff: n % 3 ? 1 : 0 },
      }),
      perSecond: { busyMicros: 1e6, rwndLimitedMicros: 0.98e6 },
    }),
  "a stream that is paused on purpose for four seconds, again and again": () => {
    const line = history();
    for (let i = 0; i < 5; i += 1)
      line
        .play(4000, {
          row: { recvQBytes: 60_000 },
          node: { readableFlowing: false },
          each: (_, ms) => ({ tcp: { lastDataRecvMs: ms } }),
        })
        .play(4000, {
          row: { recvQBytes: 0 },
          node: { readableFlowing: true },
          tcp: { lastDataRecvMs: 50 },
          perSecond: { bytesReceived: 1e6 },
        });
    return line;
  },
  "requests that happen to be there at each look": () =>
    history().play(20_000, {
      row: { recvQBytes: 300 },
      tcp: { lastDataRecvMs: 1 },
      perSecond: { bytesReceived: 3000 },
    }),
  "a reader that is slower than the peer, but reads": () =>
    history().play(20_000, {
      row: { recvQBytes: 62_000 },
      mem: { rmemAlloc: 102_000 },
      perSecond: { bytesReceived: 320_000 },
    }),
  "a reader that works off slowly what came long ago": () =>
    history()
      .play(2000)
      .play(20_000, {
        each: (n, ms) => ({ row: { recvQBytes: 100_000 - n * 4000 }, tcp: { lastDataRecvMs: ms } }),
      }),
  "half-open streams that send now and then to peers that have ended theirs": () => {
    const line = history({ times: 12 }).play(2000);
    for (let i = 0; i < 6; i += 1)
      line.play(8000, {
        row: { state: "CLOSE-WAIT" },
        each: (_, ms) => ({ tcp: { lastAckRecvMs: ms, lastDataSentMs: ms } }),
      });
    return line;
  },
  "a paused stream that counts probes as drops, while another socket of the namespace loses data": () =>
    history()
      .play(3000)
      .play(3000, {
        row: { recvQBytes: 126_000 },
        mem: { rmemAlloc: 129_900 },
        each: (n) => ({ mem: { drops: n } }),
        counters: { RcvPruned: 5, TCPRcvQDrop: 5 },
      }),
  "a crowd of TIME-WAIT": () =>
    history({ times: 500 }).play(20_000, {
      row: { state: "TIME-WAIT", fd: undefined },
      look: { counts: { "TIME-WAIT": 20_000 } },
    }),
  "a peer whose FIN has just come": () =>
    history().play(3000, { row: { state: "CLOSE-WAIT" }, each: (_, ms) => ({ tcp: { lastAckRecvMs: ms } }) }),
  "one lost segment, repeated after a timeout": () =>
    history()
      .play(600, {
        every: 200,
        tcp: { unacked: 1, retransmits: 1, backoff: 1, lastAckRecvMs: 600 },
        row: { sendQBytes: 1448 },
      })
      .play(5000, {
        tcp: { unacked: 0, retransmits: 0, backoff: 0, totalRetrans: 1 },
        row: { sendQBytes: 0 },
        perSecond: moving,
      }),
  "a shut connection whose FIN was not acknowledged yet": () =>
    history().play(3000, { row: { state: "FIN-WAIT-1", sendQBytes: 1 }, tcp: { unacked: 1 } }),
};

for (const [name, line] of Object.entries(healthy))
  test(`${name}: nothing at warning or above`, (t) => {
    const offences = told(line()).filter(({ severity }) => severity !== "info");
    t.deepEqual(
      offences.map(({ summary }) => summary),
      [],
    );
  });
