// Dumps of sockets: whole, one by one and in parts, from recorded answers of sock_diag(7) and from any bytes.
import test from "ava";
import fc from "fast-check";
import { parseSockaddr, unixPath } from "../../src/kernel/address.js";
import { diagDump, diagEach, diagParts } from "../../src/kernel/diag-dump.js";
import { diagListeners, parseDiagListener } from "../../src/kernel/diag-listeners.js";
import { InetDiagSocket } from "../../src/kernel/inet-diag.js";
import { createColumns, everyColumn } from "../../src/kernel/socket-columns.js";
import { parseUnixListener } from "../../src/kernel/unix-diag.js";
import { joined, messagesOf, recorded, replay, viewOf } from "./recorded.js";

test("a dump holds each cookie once, whatever the families repeat, and its rows decode on access", (t) => {
  const whole = recorded("estab-port-3000");
  const dump = diagDump(replay([joined(messagesOf(whole), whole)]));
  t.deepEqual([dump.length, dump.partial, dump.reason], [4, false, undefined]);
  t.deepEqual(
    [...dump].map((socket) => [socket.state, socket.remotePort, socket.inode === 0, socket.tcpInfo?.bytesReceived]),
    [
      ["CLOSE-WAIT", 33244, true, 4n],
      ["ESTAB", 33258, true, 3n],
      ["ESTAB", 33238, false, 5n],
      ["ESTAB", 33266, true, 3n],
    ],
  );
  t.deepEqual([...dump.column("state")], [8, 1, 1, 1]);
  t.deepEqual([...dump.column("rqueue")], [4, 3, 0, 3]);
  t.deepEqual([...dump.tcpInfoColumn("bytesReceived")], [4, 3, 5, 3]);
  t.deepEqual(
    [...dump.memInfoColumn("drops")],
    Array.from({ length: 4 }, () => Number.NaN),
  );
  t.throws(() => dump.row(4), { instanceOf: RangeError });
  const { rows } = JSON.parse(JSON.stringify(dump)) as { rows: Record<string, unknown>[] };
  const { tcpInfo, cookie, ...row } = rows[1]!;
  t.deepEqual([(tcpInfo as { bytesReceived: number }).bytesReceived, typeof cookie], [3, "number"]);
  t.deepEqual(row, {
    family: "ipv4",
    state: "ESTAB",
    timer: 0,
    retransmits: 0,
    localPort: 3000,
    remotePort: 33258,
    localAddress: "127.0.0.1",
    remoteAddress: "127.0.0.1",
    interfaceIndex: 0,
    expiresMs: 0,
    rqueue: 3,
    wqueue: 0,
    uid: 0,
    inode: 0,
    shutdown: 0,
    mark: 0,
  });
});

test("sockets handed out one by one are those of the dump", (t) => {
  const whole = recorded("estab-port-3000");
  const ports: number[] = [];
  const reason = diagEach(replay([joined(messagesOf(whole), whole)]), {}, ({ remotePort }) => ports.push(remotePort));
  t.deepEqual([ports, reason], [[33244, 33258, 33238, 33266], undefined]);
  t.is(
    diagEach(replay([messagesOf(whole)]), {}, () => undefined),
    "sock_diag: EAGAIN",
  );
});

test("the parts of a dump have its sockets once, and columns that say what the whole dump's say", (t) => {
  const whole = recorded("estab-port-3000");
  const dump = diagDump(replay([whole]));
  const columns = createColumns(everyColumn);
  const parts: number[] = [];
  const reason = diagParts(replay([joined(messagesOf(whole), whole)]), {}, (part) => {
    part.readColumns(columns);
    parts.push(part.length);
    t.deepEqual(
      [...part].map(({ remotePort }) => remotePort),
      [...dump].map(({ remotePort }) => remotePort),
    );
  });
  t.deepEqual([parts, reason], [[4], undefined]);
  for (const name of everyColumn.row) t.deepEqual(columns.row[name].subarray(0, 4), dump.column(name), name);
  for (const name of everyColumn.tcpInfo) t.deepEqual(columns.tcpInfo[name].subarray(0, 4), dump.tcpInfoColumn(name));
  for (const name of everyColumn.memInfo) t.deepEqual(columns.memInfo[name].subarray(0, 4), dump.memInfoColumn(name));
});

test("a reader of parts that throws leaves nothing behind for the next", (t) => {
  const whole = recorded("estab-port-3000");
  const fails = (): void => {
    throw new Error("enough");
  };
  t.throws(() => diagParts(replay([whole]), {}, fails), { message: "enough" });
  const parts: number[] = [];
  diagParts(replay([whole]), {}, ({ length }) => parts.push(length));
  t.deepEqual(parts, [4]);
});

test("what the kernel does not filter is filtered here", (t) => {
  const remotePorts = [33258, 33266];
  const found = diagDump(replay([recorded("estab-port-3000")]), { family: "ipv4", localPorts: [3000], remotePorts });
  t.deepEqual(
    [...found].map((socket) => socket.remotePort),
    remotePorts,
  );
  const [first] = found;
  const byCookie = { family: "ipv4", cookies: new Set([first!.cookie]) } as const;
  t.is(diagDump(replay([recorded("estab-port-3000")]), byCookie).length, 1);
});

test("an unreachable sock_diag is a partial dump with the reason", (t) => {
  const refused = { ...replay(), send: () => -93 };
  t.like(diagDump(refused), { length: 0, partial: true, reason: "sock_diag: EPROTONOSUPPORT" });
  t.deepEqual(diagListeners(refused), { rows: [], partial: true, reason: "sock_diag: EPROTONOSUPPORT" });
});

const anyBytes = fc.uint8Array({ maxLength: 300 });
const inetGetters = Object.entries(Object.getOwnPropertyDescriptors(InetDiagSocket.prototype)).flatMap(
  ([name, property]) => ("get" in property ? [name as keyof InetDiagSocket] : []),
);

test("any bytes are decoded without a throw", (t) => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const view = viewOf(bytes);
      parseDiagListener(view, 0, bytes.length);
      parseUnixListener(view, 0, bytes.length);
      parseSockaddr(view, 0, bytes.length);
      unixPath(view, 0, bytes.length);
      if (!InetDiagSocket.fits(0, bytes.length)) return;
      const socket = new InetDiagSocket(view, 0, bytes.length);
      for (const name of inetGetters) JSON.stringify(socket[name], (_key, value: unknown) => String(value));
    }),
  );
  t.true(inetGetters.length > 20);
});

test("attributes that did not come are absent", (t) => {
  const socket = new InetDiagSocket(viewOf(recorded("listen-ipv4")), 16, 16 + 72);
  t.deepEqual(
    [socket.tcpInfo, socket.memInfo, socket.congestion, socket.shutdown, socket.v6only, socket.mark],
    [undefined, undefined, undefined, undefined, undefined, undefined],
  );
});
