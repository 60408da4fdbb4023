// The server of the soak: an ordinary one that only loads the agent. Told so, it does wrong: holds its loop, does not
// read what has come, does not close what its peers have closed.
import { createSocket } from "node:dgram";
import http from "node:http";
import net from "node:net";
import { readListener, readMemInfo } from "../../../src/kernel/index.js";
import { holdFor } from "../spin.js";
import { ports } from "./ports.js";

const host = "127.0.0.1";
const megabyte = Buffer.alloc(1_048_576, "x");
const unread = new Set<net.Socket>();
const leaked = new Set<net.Socket>();
let isReading = true;

const web = http.createServer((request, response) => {
  request.resume();
  request.on("end", () => response.end(request.url === "/big" ? megabyte : "ok"));
});
const tight = net.createServer((socket) => {
  socket.on("error", () => undefined);
  socket.end("x");
});
/** Takes what it is sent; a "d" is answered with eight megabytes. */
const bulk = net.createServer((socket) => {
  socket.on("error", () => undefined);
  socket.on("close", () => unread.delete(socket));
  socket.on("data", (bytes) => {
    if (bytes.length === 1 && bytes[0] === 100) socket.end(Buffer.concat(Array.from({ length: 8 }, () => megabyte)));
  });
  if (isReading) return;
  unread.add(socket);
  socket.pause();
});
const leaky = net.createServer({ allowHalfOpen: true }, (socket) => {
  leaked.add(socket);
  socket.on("error", () => undefined);
  socket.on("close", () => leaked.delete(socket));
  socket.resume();
});
const datagrams = createSocket("udp4");
let received = 0;
datagrams.on("message", () => (received += 1));

const orders: Readonly<Record<string, (ms: number) => unknown>> = {
  block: holdFor,
  "stop-reading": () => {
    isReading = false;
  },
  "read-again": () => {
    isReading = true;
    for (const socket of unread) socket.resume();
    unread.clear();
  },
  "close-leaked": () => {
    for (const socket of leaked) socket.end();
  },
  readings: () => ({
    drops: readListener(tight)?.drops,
    datagramDrops: readMemInfo(datagrams)?.drops,
    received,
    heapBytes: process.memoryUsage().heapUsed,
  }),
};

process.on("message", ({ kind, ms = 0 }: { readonly kind: string; readonly ms?: number }) => {
  const answer = orders[kind]?.(ms);
  process.send?.({ kind: `${kind}:done`, ...(typeof answer === "object" ? answer : {}) });
});
process.on("disconnect", () => process.exit());

const listen = async (): Promise<void> => {
  for (const [server, port, backlog] of [
    [web, ports.web, 511],
    [tight, ports.tight, 8],
    [bulk, ports.bulk, 511],
    [leaky, ports.leaky, 511],
  ] as const)
    await new Promise<void>((resolve) => server.listen({ host, port, backlog }, resolve));
  await new Promise<void>((resolve) => datagrams.bind(ports.datagrams, host, resolve));
  process.send?.({ kind: "ready" });
};
void listen();
