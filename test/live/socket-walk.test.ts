import { spawnSync } from "node:child_process";
import dgram from "node:dgram";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { binding } from "../../src/binding.js";
import {
  createColumns,
  dumpSockets,
  fdOf,
  openDiag,
  readMemInfo,
  readQueues,
  readSockets,
  readTcpInfo,
  type SocketReading,
  SocketTable,
  walkSockets,
} from "../../src/kernel/index.js";
import { readingMask, rowLayout } from "../../src/kernel/socket-row.js";
import { findInUse } from "../../src/kernel/sockets.js";
import { createCookieWalk, walkCookies } from "../../src/kernel/walk.js";
import { packageRoot } from "../package-root.js";
import { listening, portOf, untilSync } from "./held-clients.js";

const connected = async (t: ExecutionContext, options: net.ListenOptions) => {
  const server = await listening(t, options);
  const client = options.path === undefined ? net.connect(portOf(server), options.host) : net.connect(options.path);
  t.teardown(() => client.destroy());
  const [[accepted]] = (await Promise.all([once(server, "connection"), once(client, "connect")])) as [[net.Socket], []];
  return { server, client, accepted };
};
const describe = (row: SocketReading) => {
  const { domain, type, local, remote } = row;
  return { domain, type, listening: row.listening, local, remote };
};
const end = (socket: net.Socket, side: "local" | "remote") => ({
  address: side === "local" ? socket.localAddress : socket.remoteAddress,
  port: side === "local" ? socket.localPort : socket.remotePort,
});

test.serial("the addon and the table of offsets lay a row out alike", (t) => {
  t.deepEqual(binding?.layout, rowLayout);
});

test.serial("the walk finds listeners and connections of IPv4, IPv6, unix and UDP with their ends", async (t) => {
  const four = await connected(t, { host: "127.0.0.1", port: 0 });
  const six = await connected(t, { host: "::1", port: 0 });
  const path = `/tmp/sockscope-walk-${process.pid}.sock`;
  const unix = await connected(t, { path });
  const udp = dgram.createSocket("udp4").bind(0, "127.0.0.1");
  t.teardown(() => udp.close());
  await once(udp, "listening");
  const walk = walkSockets()!;
  t.false(walk.partial);
  const row = (target: Parameters<typeof fdOf>[0]) => [...walk].find(({ fd }) => fd === fdOf(target))!;
  for (const [{ server, client, accepted }, domain, address] of [
    [four, "ipv4", "127.0.0.1"],
    [six, "ipv6", "::1"],
  ] as const) {
    t.deepEqual(describe(row(server)), {
      domain,
      type: "stream",
      listening: true,
      local: { address, port: portOf(server) },
      remote: undefined,
    });
    for (const socket of [client, accepted])
      t.deepEqual(describe(row(socket)), {
        domain,
        type: "stream",
        listening: false,
        local: end(socket, "local"),
        remote: end(socket, "remote"),
      });
  }
  t.deepEqual(describe(row(unix.server)), {
    domain: "unix",
    type: "stream",
    listening: true,
    local: { path },
    remote: undefined,
  });
  t.deepEqual(row(unix.client).remote, { path });
  t.deepEqual(describe(row(udp)), {
    domain: "ipv4",
    type: "dgram",
    listening: false,
    local: { address: "127.0.0.1", port: udp.address().port },
    remote: undefined,
  });
});

test.serial("cookies, inodes and addresses of the walk are those of sock_diag", async (t) => {
  const { client, accepted } = await connected(t, { host: "127.0.0.1", port: 0 });
  const walk = walkSockets()!;
  const diag = openDiag()!;
  t.teardown(() => diag.close());
  for (const socket of [client, accepted]) {
    const row = [...walk].find(({ fd }) => fd === fdOf(socket))!;
    const told = diag.get({
      localAddress: row.local!.address!,
      localPort: row.local!.port!,
      remoteAddress: row.remote!.address!,
      remotePort: row.remote!.port!,
      cookie: row.cookie,
    });
    t.deepEqual([told?.cookie, told?.inode, told?.state], [row.cookie, row.inode, "ESTAB"]);
  }
});

test.serial("a dump holds every own connection, each once, with the figures of the descriptors", async (t) => {
  const { server, client, accepted } = await connected(t, { host: "127.0.0.1", port: 0 });
  client.write("x".repeat(1000));
  accepted.pause();
  untilSync("the bytes have arrived", () => readQueues(accepted)?.recvQBytes === 1000);
  const dump = dumpSockets({ localPorts: [portOf(server)], states: ["ESTAB", "LISTEN"] })!;
  t.deepEqual([dump.length, dump.partial], [2, false]);
  t.deepEqual(
    ["ESTAB", "LISTEN"].map((state) => {
      const row = [...dump].find((socket) => socket.state === state)!;
      return [state, row.cookie, row.rqueue, row.memInfo?.rcvbuf];
    }),
    [
      ["ESTAB", readSockets([accepted]).row(0).cookie, 1000, readMemInfo(accepted)?.rcvbuf],
      ["LISTEN", readSockets([server]).row(0).cookie, 0, readMemInfo(server)?.rcvbuf],
    ],
  );
});

test.serial("a batch reads what single calls read, row by row, into the memory it was given", async (t) => {
  const { server, client, accepted } = await connected(t, { host: "127.0.0.1", port: 0 });
  const into = new SocketTable(8);
  const table = readSockets([server, client, accepted], { into });
  t.is(table, into);
  t.deepEqual(
    [...table].map((row) => [row.fd, row.valid, row.state]),
    [
      [fdOf(server), true, "LISTEN"],
      [fdOf(client), true, "ESTAB"],
      [fdOf(accepted), true, "ESTAB"],
    ],
  );
  t.deepEqual([...table.tcpInfoColumn("state")], [10, 1, 1]);
  const columns = createColumns({ tcpInfo: ["unacked", "state"] });
  table.readColumns(columns);
  t.deepEqual([...columns.tcpInfo.state], [10, 1, 1]);
  t.is(table.row(1).tcpInfo?.sndMssBytes, readTcpInfo(client)?.sndMssBytes);
  t.deepEqual(
    [...table.memInfoColumn("rcvbuf")],
    [server, client, accepted].map((s) => readMemInfo(s)!.rcvbuf),
  );
  t.is(table.row(0).error("recvQ"), "EINVAL");
  const [first] = JSON.parse(JSON.stringify(table)) as Record<string, unknown>[];
  t.deepEqual(Object.keys(first!), ["fd", "cookie", "valid", "state", "notSentBytes", "tcpInfo", "memInfo"]);
  t.throws(() => table.row(3), { instanceOf: RangeError });
});

test.serial("of many sockets those are found that hold something that was received or is to be sent", async (t) => {
  const quiet = await connected(t, { host: "127.0.0.1", port: 0 });
  const unread = await connected(t, { host: "127.0.0.1", port: 0 });
  unread.accepted.pause();
  unread.client.write("not read");
  untilSync("it has arrived", () => (readMemInfo(unread.accepted)?.rmemAlloc ?? 0) > 0);
  const fds = Int32Array.from([quiet.client, quiet.accepted, unread.accepted, quiet.server], (socket) => fdOf(socket)!);
  const into = new Int32Array(4);
  t.is(findInUse(Int32Array.of(-1, ...fds), into), 1);
  t.is(into[0], 3);
  // As far as there is room.
  t.is(findInUse(Int32Array.of(fds[2]!, fds[2]!), new Int32Array(1)), 1);
});

test.serial("two walks are the same until a socket comes or goes", async (t) => {
  const walk = createCookieWalk();
  const isSame = (): boolean => walkCookies(walk) && walk.isSame;
  t.deepEqual([isSame(), isSame()], [false, true]);
  const { client, accepted } = await connected(t, { host: "127.0.0.1", port: 0 });
  t.deepEqual([isSame(), isSame(), isSame()], [false, true, true]);
  client.destroy();
  accepted.destroy();
  await Promise.all([once(client, "close"), once(accepted, "close")]);
  t.false(isSame());
});

test.serial("a closed descriptor and one that is no socket have no readings, and say why", async (t) => {
  const { client } = await connected(t, { host: "127.0.0.1", port: 0 });
  client.destroy();
  await once(client, "close");
  const file = openSync("/dev/null", "r");
  t.teardown(() => closeSync(file));
  // The number may be taken again at once: far above, none is.
  const table = readSockets([100_000, file]);
  t.deepEqual(
    [...table].map((row) => [row.valid, row.cookie, row.tcpInfo, row.memInfo, row.recvQBytes, row.error("cookie")]),
    [
      [false, undefined, undefined, undefined, undefined, "EBADF"],
      [false, undefined, undefined, undefined, undefined, "ENOTSOCK"],
    ],
  );
  t.is(fdOf(client), undefined);
  t.is(readTcpInfo(client), undefined);
});

test.serial("a row whose descriptor was reused between its readings is not valid", (t) => {
  const row = new Uint8Array(rowLayout.stride);
  binding?.probeSocket(readingMask(["cookieBefore", "cookie"]), row);
  const table = new SocketTable(1);
  table.bytes.set(row);
  table.length = 1;
  t.true(table.valid(0));
  table.bytes.fill(0xff, rowLayout.cookie, rowLayout.cookie + 8);
  t.false(table.valid(0));
});

test.serial("the walk works when the process has no descriptor left", (t) => {
  const child = join(packageRoot, "build-test/test/live/no-fds-left.child.js");
  const { stdout, stderr, status } = spawnSync("sh", ["-c", 'ulimit -n 80; exec "$0" "$1"', process.execPath, child], {
    encoding: "utf8",
  });
  t.is(status, 0, stderr);
  const { above, ...found } = JSON.parse(stdout) as { above: number };
  t.deepEqual(found as unknown, {
    refused: "EMFILE",
    kept: { fdCount: 80 + above, partial: false, listening: 1 },
    probed: { fdCount: 80, partial: false, listening: 1 },
  });
});
