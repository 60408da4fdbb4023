import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer, type Server } from "node:net";
import { createConnection } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import test from "ava";
import type { KnownServer } from "../../../src/agent/messages.js";
import { createServerSlots, createSlotMemory, readSlot } from "../../../src/agent/listeners/server-slots.js";
import { type ServerWatch, watchServers } from "../../../src/agent/listeners/server-watch.js";
import { eventually } from "../../lab/eventually.js";

interface Seen {
  readonly watch: ServerWatch;
  readonly listening: KnownServer[];
  readonly closed: number[];
  readonly memory: SharedArrayBuffer;
}

const watched = (): Seen => {
  const [listening, closed, memory] = [[] as KnownServer[], [] as number[], createSlotMemory()];
  const watch = watchServers(createServerSlots(memory), {
    listening: (server) => void listening.push(server),
    closed: (fd) => void closed.push(fd),
  });
  return { watch, listening, closed, memory };
};
const descriptor = (server: Server): unknown => Reflect.get(Reflect.get(server, "_handle") as object, "fd");
const close = async (server: Server): Promise<void> => {
  server.close();
  await once(server, "close");
};

test.serial("listen is seen in the same turn, with the backlog that was asked for, and so is close", async (t) => {
  const { watch, listening, closed } = watched();
  const server = createServer().listen({ port: 0, backlog: 7 });
  const fd = descriptor(server);
  t.like(listening, [{ fd, listenBacklog: 7, roundRobin: false }]);
  await close(server);
  t.deepEqual(closed, [fd]);
  t.deepEqual(watch.known(), []);
  watch.stop();
});

test.serial("a server that listened before is known, without its backlog", async (t) => {
  const server = createServer().listen(0);
  await once(server, "listening");
  const { watch } = watched();
  t.like(
    watch.known().find(({ fd }) => fd === descriptor(server)),
    { listenBacklog: undefined },
  );
  watch.stop();
  await close(server);
});

test.serial("connections that maxConnections refuses are counted in shared memory", async (t) => {
  const { watch, listening, memory } = watched();
  const server = createServer();
  server.maxConnections = 1;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const clients = Array.from({ length: 3 }, () => createConnection(port, "127.0.0.1").on("error", () => {}));
  const slot = listening[0]!.slot!;
  await eventually("two refused", () => readSlot(memory, slot).refused === 2);
  t.deepEqual(readSlot(memory, slot), { maxConnections: 1, refused: 2, keepAliveTimeoutMs: undefined });
  watch.stop();
  for (const client of clients) client.destroy();
  await close(server);
});

test.serial(
  "the keep-alive timeout of an HTTP server is known, also when it is set after listen and a while",
  async (t) => {
    const { watch, listening, memory } = watched();
    const server = createHttpServer((_, response) => response.end()).listen(0, "127.0.0.1");
    server.keepAliveTimeout = 65_000;
    await once(server, "listening");
    const slot = listening[0]!.slot!;
    t.is(readSlot(memory, slot).keepAliveTimeoutMs, 65_000);
    server.keepAliveTimeout = 72_000;
    const client = createConnection((server.address() as { port: number }).port, "127.0.0.1");
    await once(server, "connection");
    t.is(readSlot(memory, slot).keepAliveTimeoutMs, 72_000);
    client.destroy();
    watch.stop();
    await close(server);
  },
);

test.serial("a TLS server is told from a plain one", async (t) => {
  const { watch, listening } = watched();
  const servers = [createServer().listen(0), createTlsServer().listen(0), createSecureServer().listen(0)];
  t.deepEqual(
    listening.map(({ tls }) => tls),
    [false, true, true],
  );
  watch.stop();
  await Promise.all(servers.map(close));
});

test.serial("after stop nothing is left on net.Server nor on a server", async (t) => {
  const { prototype } = (await import("node:net")).Server;
  const before = Object.getOwnPropertyDescriptor(prototype, "listen");
  const { watch } = watched();
  const server = createServer();
  const names = server.eventNames();
  server.listen(0);
  t.not(Reflect.get(prototype, "listen"), before?.value);
  watch.stop();
  t.deepEqual(Object.getOwnPropertyDescriptor(prototype, "listen"), before);
  t.deepEqual(server.eventNames(), names);
  await close(server);
});

test.serial("somebody who patched listen later keeps his patch", (t) => {
  const { prototype } = require("node:net").Server as { prototype: { listen: (...args: unknown[]) => unknown } };
  const original = prototype.listen;
  const { watch, listening } = watched();
  const ours = prototype.listen;
  const theirs = function (this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(ours, this, args);
  };
  prototype.listen = theirs;
  watch.stop();
  t.is(prototype.listen, theirs);
  createServer().listen(0).close();
  t.deepEqual(listening, []);
  prototype.listen = original;
});

test.serial("failed listens do not pile up", (t) => {
  const { watch } = watched();
  const servers = Array.from({ length: 200 }, () => createServer().on("error", () => {}));
  for (const server of servers) server.listen({ path: "/nowhere/at/all.sock" });
  t.true(servers.filter((server) => server.listenerCount("drop") > 0).length <= 65);
  watch.stop();
});
