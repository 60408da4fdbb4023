// write-stalled: bytes wait and do not move, because of the peer, the path, Nagle's rule or this process's own loop.
import type { Expectation, Scenario } from "../scenario.js";
import { accept, dial, download } from "./shapes.js";

const stalled = (cause: string, evidentMs?: number): Expectation => ({ symptom: "write-stalled", cause, evidentMs });

const peerNotReading: readonly Scenario[] = [
  {
    expect: stalled("peer-not-reading"),
    variant: "one download over veth that nobody reads",
    path: { kind: "veth" },
    run: async (site) => {
      await download(site, { read: "none" });
    },
  },
  {
    expect: stalled("peer-not-reading"),
    variant: "forty downloads over 20 ms that stop after 300 KB each, reno",
    path: { kind: "wire", delayMs: 10 },
    congestion: "reno",
    run: async (site) => {
      await download(site, { count: 40, read: { firstBytes: 300_000 } });
    },
  },
  {
    expect: stalled("peer-not-reading"),
    variant: "an upload by a client whose server stops after 1 MB, bbr",
    path: { kind: "veth" },
    congestion: "bbr",
    run: async (site) => {
      await dial(site, { read: { firstBytes: 1_000_000 } }, { send: {} });
    },
  },
  {
    expect: stalled("peer-not-reading"),
    variant: "a client on loopback that stops in the middle of a steady stream",
    path: { kind: "loopback" },
    run: async (site) => {
      const { clients } = await accept(site, { send: { chunkBytes: 20_000, everyMs: 20 } }, {});
      await site.lasts(1500);
      clients.tell({ kind: "stop-reading" });
      await clients.hear("stop-reading:done");
    },
  },
];

const pathBlackhole: readonly Scenario[] = [
  {
    expect: stalled("path-blackhole"),
    variant: "a download at 20 Mb/s over 20 ms, both ways cut",
    path: { kind: "wire", delayMs: 10, bitsPerSecond: 20e6, queueBytes: 60_000 },
    run: async (site) => {
      await download(site);
      await site.lasts(1500);
      await site.wire.set({ dead: true });
    },
  },
  {
    expect: stalled("path-blackhole"),
    variant: "small messages in both directions, the way there cut only, reno",
    path: { kind: "wire", delayMs: 20 },
    congestion: "reno",
    run: async (site) => {
      const messages = { send: { chunkBytes: 200, everyMs: 100 } };
      await dial(site, messages, messages);
      await site.lasts(1500);
      await site.wire.set({ direction: "ab", dead: true });
    },
  },
  {
    expect: stalled("path-blackhole"),
    variant: "thirty downloads over 80 ms, both ways cut, bbr",
    path: { kind: "wire", delayMs: 40, bitsPerSecond: 50e6, queueBytes: 500_000 },
    congestion: "bbr",
    run: async (site) => {
      await download(site, { count: 30 });
      await site.lasts(2000);
      await site.wire.set({ dead: true });
    },
  },
  {
    expect: stalled("path-blackhole"),
    variant: "a path that loses every packet above 1,000 bytes",
    path: { kind: "wire", delayMs: 10, loseAbove: 1000 },
    run: async (site) => {
      await download(site);
    },
  },
];

/** A habit is told by ten rounds within a window of one or two seconds. */
const nagleMs = 2000;

const nagle: readonly Scenario[] = [
  {
    expect: stalled("nagle-delayed-ack", nagleMs),
    variant: "a client that writes head and body apart, over veth",
    path: { kind: "veth" },
    run: async (site) => {
      await dial(site, { reply: { toBytes: 500, writes: [200] } }, { ask: { writes: [100, 400], replyBytes: 200 } });
    },
  },
  {
    expect: stalled("nagle-delayed-ack", nagleMs),
    variant: "the same over 20 ms, reno",
    path: { kind: "wire", delayMs: 10 },
    congestion: "reno",
    run: async (site) => {
      await dial(site, { reply: { toBytes: 500, writes: [200] } }, { ask: { writes: [100, 400], replyBytes: 200 } });
    },
  },
  {
    expect: stalled("nagle-delayed-ack", nagleMs),
    variant: "a server that answers ten clients in two writes, on loopback",
    path: { kind: "loopback" },
    run: async (site) => {
      await accept(
        site,
        { reply: { toBytes: 100, writes: [60, 900] } },
        { ask: { writes: [100], replyBytes: 960 }, noDelay: true, count: 10 },
      );
    },
  },
];

const loopMs = 1000;

const loopBlocked: readonly Scenario[] = [
  {
    expect: stalled("event-loop-blocked", loopMs),
    variant: "a download over veth, the loop held for 3 s",
    path: { kind: "veth" },
    run: async (site) => {
      const { server } = await download(site);
      await site.lasts(4500);
      server.tell({ kind: "block", ms: 3000 });
      await server.hear("block:begun");
    },
  },
  {
    expect: stalled("event-loop-blocked", loopMs),
    variant: "twenty downloads at 50 Mb/s over 20 ms, the loop held for 4 s, reno",
    path: { kind: "wire", delayMs: 10, bitsPerSecond: 50e6, queueBytes: 200_000 },
    congestion: "reno",
    run: async (site) => {
      const { server } = await download(site, { count: 20 });
      await site.lasts(2500);
      server.tell({ kind: "block", ms: 4000 });
      await server.hear("block:begun");
    },
  },
  {
    expect: stalled("event-loop-blocked", loopMs),
    variant: "an upload by a client that holds its loop for 2.5 s, bbr",
    path: { kind: "wire", delayMs: 5, jumbo: true },
    congestion: "bbr",
    run: async (site) => {
      const { clients } = await dial(site, {}, { send: { chunkBytes: 20e6 } });
      await site.lasts(1500);
      clients.tell({ kind: "block", ms: 2500 });
      await clients.hear("block:begun");
    },
  },
];

export const writeStalled: readonly Scenario[] = [...peerNotReading, ...pathBlackhole, ...nagle, ...loopBlocked];
