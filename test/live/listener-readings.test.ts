import type net from "node:net";
import test from "ava";
import { fdOf, openDiag, readListener, readSockets, walkSockets } from "../../src/kernel/index.js";
import { holdClients, listening, portOf, untilSync } from "./held-clients.js";

const loopback = "127.0.0.1";

test.serial(
  "a listener's queue goes from 0 to n to limit + 1, then drops, and is empty once the loop turns",
  async (t) => {
    const server = await listening(t, { host: loopback, port: 0, backlog: 4 });
    const port = portOf(server);
    t.deepEqual(readListener(server), { length: 0, limit: 4, drops: 0 });
    holdClients(t, 3, loopback, port);
    untilSync("three wait", () => readListener(server)?.length === 3);
    t.deepEqual(readListener(server), { length: 3, limit: 4, drops: 0 });
    holdClients(t, 4, loopback, port);
    untilSync("the queue is full and two SYNs are dropped", () => (readListener(server)?.drops ?? 0) >= 2);
    const full = readListener(server);
    t.deepEqual({ ...full, drops: 0 }, { length: 5, limit: 4, drops: 0 });
    while (readListener(server)?.length !== 0) await new Promise(setImmediate);
    t.is(readListener(server)?.length, 0);
  },
);

test.serial("an IPv6 listener and a unix listener show their queues; the kernel counts no unix drops", async (t) => {
  const six = await listening(t, { host: "::1", port: 0, backlog: 2 });
  holdClients(t, 2, "::1", portOf(six));
  untilSync("two wait", () => readListener(six)?.length === 2);
  t.deepEqual(readListener(six), { length: 2, limit: 2, drops: 0 });
  const path = `/tmp/sockscope-queue-${process.pid}.sock`;
  const unix = await listening(t, { path, backlog: 3 });
  t.deepEqual(readListener(unix), { length: 0, limit: 3 });
  holdClients(t, 2, path);
  untilSync("two wait at the unix listener", () => readListener(unix)?.length === 2);
  const diag = openDiag()!;
  t.teardown(() => diag.close());
  const [row, ...others] = diag.unixListeners().rows.filter((listener) => listener.path === path);
  t.like(row, { length: 2, limit: 3 });
  t.deepEqual(others, []);
});

test.serial("an abstract unix listener is named with @", async (t) => {
  const name = `sockscope-abstract-${process.pid}`;
  await listening(t, { path: `\0${name}`, backlog: 3 });
  const diag = openDiag()!;
  t.teardown(() => diag.close());
  const found = diag.unixListeners().rows.filter((listener) => listener.path === `@${name}`);
  t.deepEqual(
    found.map(({ length, limit }) => ({ length, limit })),
    [{ length: 0, limit: 3 }],
  );
});

test.serial(
  "who waits is told with age, state and early bytes, and is gone from the queue when accepted",
  async (t) => {
    const server = await listening(t, { host: loopback, port: 0, backlog: 8 });
    const port = portOf(server);
    const diag = openDiag()!;
    t.teardown(() => diag.close());
    const waiting = () => diag.waiting([port], "ipv4").get(port)!;
    t.deepEqual(waiting(), { connections: [], partial: false });
    const begun = Date.now();
    const closeClients = holdClients(t, 2, loopback, port);
    untilSync("two wait with their bytes", () => waiting().connections.filter((c) => c.recvQBytes === 3).length === 2);
    untilSync("they grow older", () => waiting().connections.every((c) => c.ageMs >= 200));
    const { connections, partial } = waiting();
    t.false(partial);
    t.deepEqual(
      connections.map(({ state, recvQBytes }) => ({ state, recvQBytes })),
      [
        { state: "ESTAB", recvQBytes: 3 },
        { state: "ESTAB", recvQBytes: 3 },
      ],
    );
    t.true(connections.every((c) => c.ageMs <= Date.now() - begun + 10));
    closeClients();
    untilSync("the peers have closed", () => waiting().connections.every((c) => c.state === "CLOSE_WAIT"));
    t.deepEqual(
      waiting().connections.map((c) => c.recvQBytes),
      [3, 3],
    );
    t.is(readListener(server)?.length, 2);
    while (readListener(server)?.length !== 0) await new Promise(setImmediate);
    t.deepEqual(waiting().connections, []);
  },
);

test.serial("of two listeners on one port, IPv4 and IPv6, those who wait tell their family", async (t) => {
  const four = await listening(t, { host: loopback, port: 0 });
  const port = portOf(four);
  const six = await listening(t, { host: "::1", port });
  const diag = openDiag()!;
  t.teardown(() => diag.close());
  holdClients(t, 1, loopback, port);
  holdClients(t, 2, "::1", port);
  untilSync("one and two wait", () => readListener(four)?.length === 1 && readListener(six)?.length === 2);
  const families = diag
    .waiting([port])
    .get(port)!
    .connections.map(({ family }) => family);
  t.deepEqual([families.filter((family) => family === "ipv4").length, families.length], [1, 3]);
  t.is(diag.waiting([port], "ipv4").get(port)?.connections.length, 1);
});

test.serial("the cookie of a queued connection is the cookie of the descriptor that accepts it", async (t) => {
  const server = await listening(t, { host: loopback, port: 0 });
  const port = portOf(server);
  const diag = openDiag()!;
  t.teardown(() => diag.close());
  holdClients(t, 1, loopback, port);
  const [queued] = untilSync("one waits", () => {
    const { connections } = diag.waiting([port]).get(port)!;
    return connections.length === 1 && connections;
  });
  const socket = await new Promise<net.Socket>((resolve) => server.once("connection", resolve));
  t.is(readSockets([socket]).row(0).cookie, queued?.cookie);
});

test.serial("sock_diag and the own walk agree on every listener of this process", async (t) => {
  const servers = [
    await listening(t, { host: loopback, port: 0, backlog: 11 }),
    await listening(t, { host: "::", port: 0, backlog: 12 }),
    await listening(t, { host: "::", port: 0, backlog: 13, ipv6Only: true }),
  ];
  const diag = openDiag()!;
  t.teardown(() => diag.close());
  const listeners = new Map(diag.listeners().rows.map((row) => [row.cookie, row]));
  const own = [...walkSockets({ listeningOnly: true })!].filter((row) => row.domain !== "unix");
  t.deepEqual(
    servers.map((server) => {
      const row = own.find(({ fd }) => fd === fdOf(server));
      const { address, port, limit, inode, v6only } = listeners.get(row!.cookie!)!;
      return { same: inode === row?.inode && port === portOf(server), address, limit, v6only };
    }),
    [
      { same: true, address: loopback, limit: 11, v6only: undefined },
      { same: true, address: "::", limit: 12, v6only: false },
      { same: true, address: "::", limit: 13, v6only: true },
    ],
  );
});
