import { once } from "node:events";
import { type AddressInfo, createConnection, createServer } from "node:net";
import test from "ava";
import {
  createWaitMemory,
  createWaitReader,
  createWaitRecorder,
  withWaits,
} from "../../../src/agent/listeners/accept-waits.js";
import { createServerSlots, createSlotMemory } from "../../../src/agent/listeners/server-slots.js";
import { watchServers } from "../../../src/agent/listeners/server-watch.js";
import type { ListenerReading } from "../../../src/snapshot/snapshot.js";
import { eventually } from "../../lab/eventually.js";

const block = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

test.serial("a connection's wait is read before the application's own handler writes to it", async (t) => {
  const memory = createWaitMemory();
  const take = createWaitReader(memory);
  const server = createServer((socket) => socket.on("error", () => undefined).end("hello"));
  const watch = watchServers(createServerSlots(createSlotMemory()), {
    listening: () => undefined,
    closed: () => undefined,
    accepted: createWaitRecorder(memory),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const slot = watch.known()[0]?.slot;
  const { port } = server.address() as AddressInfo;
  const clients = [1, 2, 3].map(() => createConnection({ port, host: "127.0.0.1" }));
  // connect(2) is called in the next tick, and the handshake is complete when it returns; nobody accepts before the next
  // turn of the loop.
  await new Promise<void>((done) => process.nextTick(done));
  block(300);
  const waits: number[] = [];
  await eventually("three waits", () => {
    waits.push(...(take().get(slot!) ?? []));
    return waits.length === 3 ? true : undefined;
  });
  t.true(
    waits.every((waitedMs) => waitedMs >= 290),
    waits.join(),
  );
  t.is(server.listenerCount("connection"), 2);
  watch.stop();
  t.is(server.listenerCount("connection"), 1);
  for (const client of clients) client.destroy();
  server.close();
});

const listenerOf = (cookie: bigint): ListenerReading => ({ cookie, transport: "tcp", length: 0, limit: 511 });

test("waits go to the listener whose server counted them", (t) => {
  const slots = new Map([
    [1n, 5],
    [2n, 6],
  ]);
  const waits = new Map([[6, [12, 40]]]);
  t.deepEqual(
    withWaits([listenerOf(1n), listenerOf(2n), listenerOf(3n)], waits, (cookie) => slots.get(cookie)),
    [listenerOf(1n), { ...listenerOf(2n), acceptWaitsMs: [12, 40] }, listenerOf(3n)],
  );
});
