// datagrams-dropped: a UDP socket's queue overflows.
import type { DatagramSpec } from "../apps/datagrams.js";
import type { Program } from "../../child.js";
import type { Expectation, Scenario, Site } from "../scenario.js";

const dropped = (cause: string, evidentMs = 1000): Expectation => ({ symptom: "datagrams-dropped", cause, evidentMs });

interface Load extends Pick<DatagramSpec, "bytes" | "burst" | "everyMs"> {
  readonly taker?: Pick<DatagramSpec, "bufferBytes"> | undefined;
}

/** The taker under test is at the near host. */
const sends = async ({ near, far, start }: Site, { taker, ...load }: Load): Promise<Program> => {
  const program = await start(near, {
    script: "datagrams.js",
    spec: { host: near.address, takes: true, ...taker },
    agent: true,
  });
  const sender = await start(far, { script: "datagrams.js", spec: { host: near.address, ...load } });
  sender.tell({ kind: "send" });
  return program;
};

const receiveBuffer: readonly Scenario[] = [
  {
    expect: dropped("receive-buffer"),
    variant: "rushes of 300 into a buffer of 16 KB, over veth",
    path: { kind: "veth" },
    run: async (site) => {
      await sends(site, { burst: 300, everyMs: 500, taker: { bufferBytes: 8192 } });
    },
  },
  {
    expect: dropped("receive-buffer"),
    variant: "large datagrams, twenty at once into 64 KB, on loopback",
    path: { kind: "loopback" },
    run: async (site) => {
      await sends(site, { burst: 20, bytes: 30_000, everyMs: 250, taker: { bufferBytes: 32_768 } });
    },
  },
  {
    expect: dropped("receive-buffer"),
    variant: "small ones, a thousand every second, over 10 ms",
    path: { kind: "wire", delayMs: 5 },
    run: async (site) => {
      await sends(site, { burst: 1000, bytes: 60, everyMs: 1000, taker: { bufferBytes: 4096 } });
    },
  },
];

const eventLoopBlocked: readonly Scenario[] = [
  {
    expect: dropped("event-loop-blocked", 2500),
    variant: "one block of two seconds at 500 a second, over veth",
    path: { kind: "veth" },
    run: async (site) => {
      const taker = await sends(site, { burst: 5, everyMs: 10 });
      await site.lasts(1500);
      site.faultBegins();
      taker.tell({ kind: "block", ms: 2000 });
    },
  },
  {
    expect: dropped("event-loop-blocked", 2000),
    variant: "blocks of 400 ms every two seconds at 2000 a second, on loopback",
    path: { kind: "loopback" },
    run: async (site) => {
      const taker = await sends(site, { burst: 20, everyMs: 10 });
      await site.lasts(1500);
      site.faultBegins();
      taker.tell({ kind: "block", ms: 400, everyMs: 2000 });
    },
  },
  {
    expect: dropped("event-loop-blocked", 2000),
    variant: "a block of 800 ms and a small buffer at 200 a second, over 20 ms",
    path: { kind: "wire", delayMs: 10 },
    run: async (site) => {
      const taker = await sends(site, { burst: 2, everyMs: 10, taker: { bufferBytes: 32_768 } });
      await site.lasts(1500);
      site.faultBegins();
      taker.tell({ kind: "block", ms: 800 });
    },
  },
];

/** Traffic flows, then the socket is forgotten. */
const forgets = async (site: Site, load: Load): Promise<void> => {
  const taker = await sends(site, load);
  await site.lasts(1500);
  site.faultBegins();
  taker.tell({ kind: "forget" });
};

const applicationNotReading: readonly Scenario[] = [
  {
    expect: dropped("application-not-reading", 4000),
    variant: "a socket that is read no more, 500 a second, over veth",
    path: { kind: "veth" },
    run: (site) => forgets(site, { burst: 5, everyMs: 10 }),
  },
  {
    expect: dropped("application-not-reading", 4000),
    variant: "a socket that is read no more, rushes of 50, on loopback",
    path: { kind: "loopback" },
    run: (site) => forgets(site, { burst: 50, everyMs: 100 }),
  },
  {
    expect: dropped("application-not-reading", 5000),
    variant: "a socket that is read no more, 100 a second into a small buffer, over 20 ms",
    path: { kind: "wire", delayMs: 10 },
    run: (site) => forgets(site, { burst: 1, everyMs: 10, taker: { bufferBytes: 65_536 } }),
  },
];

export const datagramsDropped: readonly Scenario[] = [...receiveBuffer, ...eventLoopBlocked, ...applicationNotReading];
