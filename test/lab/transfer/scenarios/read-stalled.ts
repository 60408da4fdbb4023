// read-stalled: the peer has sent and the application does not get it: it does not read, its loop stands, or a segment is
// missing. The program under test receives.
import { setPriority } from "node:os";
import type { Expectation, Fault, Site } from "../scenario.js";

type Variant = Omit<Fault, "expect">;

const expecting =
  (expect: Expectation) =>
  (variant: Variant): Fault => ({ expect, ...variant });

const agent = true;

/** Reads for a while, and then never again. */
const notReading: readonly Variant[] = [
  {
    variant: "a stream paused after 200 KB over veth and forgotten",
    path: { kind: "veth" },
    run: async ({ near, far, start }) => {
      const spec = { kind: "pausing", host: near.address, bytes: 2e5 };
      const server = await start(near, { script: "reader.js", spec, agent });
      await start(far, { script: "end.js", spec: { host: near.address, send: {} } });
      await server.hear("waiting");
    },
  },
  {
    variant: "20 streams whose consumer waits for ever after 1 MB, fed 32 KB every 10 ms over loopback",
    path: { kind: "loopback" },
    run: async ({ near, far, start }) => {
      const spec = { kind: "consuming", host: near.address, bytes: 1e6 };
      const server = await start(near, { script: "reader.js", spec, agent });
      const send = { chunkBytes: 32_768, everyMs: 10 };
      await start(far, { script: "end.js", spec: { host: near.address, count: 20, send } });
      await server.hear("waiting");
    },
  },
  {
    variant: "an upload of 10 MB over a round trip of 40 ms whose handler never reads the body",
    path: { kind: "wire", delayMs: 20 },
    run: async ({ near, far, start }) => {
      await start(near, { script: "reader.js", spec: { kind: "unanswering", host: near.address }, agent });
      const greet = "POST /report HTTP/1.1\r\nHost: server\r\nContent-Length: 10000000\r\n\r\n";
      await start(far, { script: "end.js", spec: { host: near.address, greet, send: { bytes: 1e7 } } });
    },
  },
  {
    variant: "a client that stops reading its download after 3 MB, bbr over a round trip of 20 ms",
    path: { kind: "wire", delayMs: 10, jumbo: true },
    congestion: "bbr",
    run: async ({ near, far, start, lasts }) => {
      await start(far, { script: "end.js", spec: { listen: true, host: far.address, send: {} } });
      await start(near, { script: "end.js", spec: { host: far.address, read: { firstBytes: 3e6 } }, agent });
      await lasts(500);
    },
  },
];

/** A server that reads all it gets, fed by `peers`; then its loop is held. */
const holdLoop =
  (order: "block" | "compute" | "sleep", ms: number, peers: { readonly count?: number; readonly send: object }) =>
  async ({ near, far, start, eventually, lasts, faultBegins }: Site): Promise<void> => {
    const server = await start(near, { script: "reader.js", spec: { kind: "sink", host: near.address }, agent });
    await start(far, { script: "end.js", spec: { host: near.address, ...peers } });
    await eventually("all connected", () => server.said.some(({ count }) => count === (peers.count ?? 1)));
    await lasts(1500);
    // so that it is this fault, and not a lack of CPU, on a machine that has other things to do
    setPriority(server.pid, -15);
    server.tell({ kind: order, ms });
    await server.hear(`${order}:begun`);
    faultBegins();
  };

const loopBlocked: readonly Variant[] = [
  {
    variant: "four seconds of computing and synchronous input, ten peers that send 4 KB every 20 ms over loopback",
    path: { kind: "loopback" },
    run: holdLoop("block", 4000, { count: 10, send: { chunkBytes: 4096, everyMs: 20 } }),
  },
  {
    variant: "three seconds of computing while a fast upload comes over veth",
    path: { kind: "veth" },
    alone: true,
    run: holdLoop("compute", 3000, { send: {} }),
  },
  {
    variant: "six seconds asleep in a lock, a message every 200 ms over a round trip of 80 ms",
    path: { kind: "wire", delayMs: 40 },
    run: holdLoop("sleep", 6000, { send: { chunkBytes: 300, everyMs: 200 } }),
  },
];

/** A server that reads all it gets; after a while one segment towards it goes astray, again and again. */
const loseOne =
  (peers: object, change: object) =>
  async ({ near, far, start, lasts, wire, faultBegins }: Site): Promise<void> => {
    await start(near, { script: "reader.js", spec: { kind: "sink", host: near.address }, agent });
    await start(far, { script: "end.js", spec: { host: near.address, ...peers } });
    await lasts(1000);
    await wire.set({ direction: "ba", ...change });
    faultBegins();
  };

const hole: readonly Variant[] = [
  {
    variant: "one segment of a fast upload is lost with all its repeats, round trip 20 ms",
    path: { kind: "wire", delayMs: 10 },
    run: loseOne({ send: {} }, { loseOne: true }),
  },
  {
    variant: "one segment of 20 KB every 50 ms is lost with all its repeats, bbr over a round trip of 80 ms",
    path: { kind: "wire", delayMs: 40 },
    congestion: "bbr",
    run: loseOne({ send: { chunkBytes: 20_000, everyMs: 50 } }, { loseOne: true }),
  },
  {
    variant: "one segment of 6 KB every 100 ms comes six seconds late, reno",
    path: { kind: "wire", delayMs: 5 },
    congestion: "reno",
    run: async (site) => {
      await loseOne({ noDelay: true, send: { chunkBytes: 6000, everyMs: 100 } }, { keepOne: true })(site);
      await site.lasts(6000);
      await site.wire.set({ direction: "ba", keepOne: false });
    },
  },
  {
    variant: "packets of more than 1,000 bytes stop to come through, those behind them are small",
    path: { kind: "wire", delayMs: 10 },
    run: loseOne({ noDelay: true, send: { chunkBytes: 1600, everyMs: 50 } }, { loseAbove: 1000 }),
  },
];

export const readStalled: readonly Fault[] = [
  ...notReading.map(expecting({ symptom: "read-stalled", cause: "application-not-reading" })),
  // the bytes wait for a second: then it is a matter for a person
  ...loopBlocked.map(expecting({ symptom: "read-stalled", cause: "event-loop-blocked", evidentMs: 1000 })),
  ...hole.map(expecting({ symptom: "read-stalled", cause: "out-of-order-hole", evidentMs: 3000 })),
];
