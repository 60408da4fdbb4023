// connections-leaking: peers have ended and the application never does, or peers are gone and nothing has noticed.
import type { Expectation, Fault, Site } from "../scenario.js";

const agent = true;

/** Peers connect, say something and end; the server does not. */
const abandon =
  (kind: string, peers: { readonly count: number; readonly send?: object; readonly greet?: string }) =>
  async ({ near, far, start, eventually, lasts, faultBegins }: Site): Promise<void> => {
    const server = await start(near, { script: "reader.js", spec: { kind, host: near.address }, agent });
    const clients = await start(far, { script: "end.js", spec: { host: near.address, ...peers } });
    await eventually("all connected", () => server.said.some(({ count }) => count === peers.count));
    await lasts(500);
    clients.tell({ kind: "close" });
    faultBegins();
  };

const closeWait: Expectation = { symptom: "connections-leaking", cause: "close-wait" };

/** Peers that stay connected and silent; then nothing goes over the wire any more. */
const cut =
  (count: number) =>
  async ({ near, far, start, eventually, lasts, wire, faultBegins }: Site): Promise<void> => {
    const server = await start(near, { script: "reader.js", spec: { kind: "probing", host: near.address }, agent });
    await start(far, { script: "end.js", spec: { host: near.address, count, send: { bytes: 100 } } });
    await eventually("all connected", () => server.said.some((message) => message.count === count));
    await lasts(1500);
    await wire.set({ dead: true });
    faultBegins();
  };

/** A probe goes each second; the second unanswered one tells. */
const halfOpen: Expectation = { symptom: "connections-leaking", cause: "half-open", evidentMs: 2000 };

export const connectionsLeaking: readonly Fault[] = [
  {
    expect: closeWait,
    variant: "8 half-open streams over loopback that the application never ends",
    path: { kind: "loopback" },
    run: abandon("answering", { count: 8, send: { bytes: 100 } }),
  },
  {
    expect: closeWait,
    variant: "30 connections over veth, kept for later with something unread and forgotten",
    path: { kind: "veth" },
    run: abandon("forgetting", { count: 30, send: { bytes: 5000 } }),
  },
  {
    expect: closeWait,
    variant: "6 upgraded HTTP connections over a round trip of 40 ms that nobody ends",
    path: { kind: "wire", delayMs: 20 },
    run: abandon("upgrading", {
      count: 6,
      greet: "GET /feed HTTP/1.1\r\nHost: server\r\nConnection: Upgrade\r\nUpgrade: feed\r\n\r\n",
    }),
  },
  { expect: halfOpen, variant: "5 peers behind a cut wire", path: { kind: "wire", delayMs: 1 }, run: cut(5) },
  {
    expect: halfOpen,
    variant: "25 peers behind a cut wire with a round trip of 100 ms",
    path: { kind: "wire", delayMs: 50 },
    run: cut(25),
  },
  {
    expect: halfOpen,
    variant: "120 peers behind a cut wire, bbr",
    path: { kind: "wire", delayMs: 5 },
    congestion: "bbr",
    run: cut(120),
  },
];
