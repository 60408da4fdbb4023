// throughput-limited: bytes move, there is more to send, and one limit costs most of what the path would give.
import type { Severity } from "../../../../src/explain/finding.js";
import type { Expectation, Scenario, Site } from "../scenario.js";
import { dial, download } from "./shapes.js";

const limited = (cause: string, severity?: Severity): Expectation => ({
  symptom: "throughput-limited",
  cause,
  severity,
});

/** Buffers that the kernel may not grow: least, at first, most. */
const buffers = (bytes: number): string => `4096 ${bytes} ${bytes}`;

const receiveWindow: readonly Scenario[] = [
  {
    expect: limited("receive-window"),
    variant: "a client with 64 KB of receive buffer at 40 ms",
    path: { kind: "wire", delayMs: 20 },
    settings: { far: { "net.ipv4.tcp_rmem": buffers(65_536) } },
    run: async (site) => void (await download(site)),
  },
  {
    expect: limited("receive-window"),
    variant: "ten clients with 128 KB at 100 ms, reno",
    path: { kind: "wire", delayMs: 50 },
    congestion: "reno",
    settings: { far: { "net.ipv4.tcp_rmem": buffers(131_072) } },
    run: async (site) => void (await download(site, { count: 10 })),
  },
  {
    expect: limited("receive-window"),
    variant: "an upload to a server with 32 KB at 20 ms, bbr",
    path: { kind: "wire", delayMs: 10 },
    congestion: "bbr",
    settings: { far: { "net.ipv4.tcp_rmem": buffers(32_768) } },
    run: async (site) => void (await dial(site, {}, { send: {} })),
  },
];

const sendBuffer: readonly Scenario[] = [
  {
    expect: limited("send-buffer"),
    variant: "a server with 64 KB of send buffer at 40 ms",
    path: { kind: "wire", delayMs: 20 },
    settings: { near: { "net.ipv4.tcp_wmem": buffers(65_536) } },
    run: async (site) => void (await download(site)),
  },
  {
    expect: limited("send-buffer"),
    variant: "ten downloads, 64 KB each, at 100 ms, reno",
    path: { kind: "wire", delayMs: 50 },
    congestion: "reno",
    settings: { near: { "net.ipv4.tcp_wmem": buffers(65_536) } },
    run: async (site) => void (await download(site, { count: 10 })),
  },
  {
    expect: limited("send-buffer"),
    variant: "an upload with 128 KB at 60 ms, bbr",
    path: { kind: "wire", delayMs: 30 },
    congestion: "bbr",
    settings: { near: { "net.ipv4.tcp_wmem": buffers(131_072) } },
    run: async (site) => void (await dial(site, {}, { send: {} })),
  },
];

/** All that is sent in a round trip is lost; after that the window grows by a segment in each round trip. */
const loseOnce = async ({ lasts, wire }: Site, afterMs: number, rttMs: number): Promise<void> => {
  await lasts(afterMs);
  await wire.set({ direction: "ab", dead: true });
  await lasts(rttMs);
  await wire.set({ direction: "ab", dead: false });
};

const congestionWindow: readonly Scenario[] = [
  {
    expect: limited("congestion-window", "info"),
    variant: "a download after a loss on a long path, 100 ms, reno",
    path: { kind: "wire", delayMs: 50 },
    congestion: "reno",
    run: async (site) => {
      await download(site);
      await loseOnce(site, 300, 100);
    },
  },
  {
    expect: limited("congestion-window", "info"),
    variant: "a download after a loss at 200 ms",
    path: { kind: "wire", delayMs: 100 },
    run: async (site) => {
      await download(site);
      await loseOnce(site, 600, 200);
    },
  },
  {
    expect: limited("congestion-window", "info"),
    variant: "three uploads after a loss, 160 ms, reno",
    path: { kind: "wire", delayMs: 80 },
    congestion: "reno",
    run: async (site) => {
      await dial(site, {}, { send: {}, count: 3 });
      await loseOnce(site, 500, 160);
    },
  },
];

const packetLoss: readonly Scenario[] = [
  {
    expect: limited("packet-loss"),
    variant: "2 % lost at 20 ms",
    path: { kind: "wire", delayMs: 10, loss: 0.02 },
    run: async (site) => void (await download(site)),
  },
  {
    expect: limited("packet-loss"),
    variant: "ten downloads, 1.5 % lost at 40 ms, reno",
    path: { kind: "wire", delayMs: 20, loss: 0.015 },
    congestion: "reno",
    run: async (site) => void (await download(site, { count: 10 })),
  },
  {
    expect: limited("packet-loss"),
    variant: "an upload, 5 % lost at 30 ms",
    path: { kind: "wire", delayMs: 15, loss: 0.05 },
    run: async (site) => void (await dial(site, {}, { send: {} })),
  },
];

const receiveBuffer: readonly Scenario[] = [
  {
    expect: limited("receive-buffer"),
    variant: "a client that downloads with 64 KB of receive buffer at 40 ms",
    path: { kind: "wire", delayMs: 20 },
    settings: { near: { "net.ipv4.tcp_rmem": buffers(65_536) } },
    run: async (site) => void (await dial(site, { send: {} }, {})),
  },
  {
    expect: limited("receive-buffer"),
    variant: "ten connections with 128 KB at 100 ms, reno",
    path: { kind: "wire", delayMs: 50 },
    congestion: "reno",
    settings: { near: { "net.ipv4.tcp_rmem": buffers(131_072) } },
    run: async (site) => void (await dial(site, { send: {} }, { count: 10 })),
  },
  {
    expect: limited("receive-buffer"),
    variant: "32 KB at 20 ms, bbr",
    path: { kind: "wire", delayMs: 10 },
    congestion: "bbr",
    settings: { near: { "net.ipv4.tcp_rmem": buffers(32_768) } },
    run: async (site) => void (await dial(site, { send: {} }, {})),
  },
];

const shapedLink: readonly Scenario[] = [
  {
    expect: limited("shaped-link"),
    variant: "4 Mb/s with 600 KB of queue, 20 ms",
    path: { kind: "wire", delayMs: 10, bitsPerSecond: 4e6, queueBytes: 600_000 },
    run: async (site) => void (await download(site)),
  },
  {
    expect: limited("shaped-link"),
    variant: "six downloads through 10 Mb/s with 1 MB of queue, 10 ms, reno",
    path: { kind: "wire", delayMs: 5, bitsPerSecond: 10e6, queueBytes: 1_000_000 },
    congestion: "reno",
    run: async (site) => void (await download(site, { count: 6 })),
  },
  {
    expect: limited("shaped-link"),
    variant: "five uploads through the host's own queue: tbf of 4 Mb/s and 600 KB before veth",
    path: { kind: "veth" },
    run: async (site) => {
      const tbf = "rate 4mbit burst 16kb limit 600kb".split(" ");
      site.near.ns.run("tc", "qdisc", "add", "dev", site.near.device, "root", "tbf", ...tbf);
      await dial(site, {}, { send: {}, count: 5 });
    },
  },
];

export const throughputLimited: readonly Scenario[] = [
  ...receiveWindow,
  ...sendBuffer,
  ...congestionWindow,
  ...packetLoss,
  ...receiveBuffer,
  ...shapedLink,
];
