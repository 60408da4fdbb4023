// write-buffered-in-process: the application writes on although write() returns false, and Node's buffer grows.
import type { Expectation, Scenario } from "../scenario.js";
import { accept, dial } from "./shapes.js";

const expect: Expectation = { symptom: "write-buffered-in-process", cause: "backpressure-ignored" };

export const writeBuffered: readonly Scenario[] = [
  {
    expect,
    variant: "6 MB/s written to a client that reads 500 KB/s, over veth",
    path: { kind: "veth" },
    run: async (site) => {
      await accept(site, { send: { everyMs: 10, heedless: true } }, { read: { bytesPerSecond: 500_000 } });
    },
  },
  {
    expect,
    variant: "twenty connections of 640 KB/s each over a link of 20 Mb/s, reno",
    path: { kind: "wire", delayMs: 10, bitsPerSecond: 20e6, queueBytes: 100_000 },
    congestion: "reno",
    run: async (site) => {
      await accept(site, { send: { everyMs: 100, heedless: true } }, { count: 20 });
    },
  },
  {
    expect,
    variant: "1.3 MB/s written to a server that does not read at all, bbr",
    path: { kind: "veth" },
    congestion: "bbr",
    run: async (site) => {
      await dial(site, { read: "none" }, { send: { everyMs: 50, heedless: true } });
    },
    companions: [
      { symptom: "write-stalled", cause: "peer-not-reading", because: "the peer reads nothing: its window is shut" },
    ],
  },
];
