import test from "ava";
import fc from "fast-check";
import { parseSockaddr, parseAddress, ipv6Text, unixPath } from "../../src/kernel/address.js";
import { diagDump, diagEach, diagParts } from "../../src/kernel/diag-dump.js";
import { anyPortFilter, portFilter } from "../../src/kernel/diag-filter.js";
import { diagListeners, diagUnixListeners, parseDiagListener } from "../../src/kernel/diag-listeners.js";
import { diagSynRecv, diagWaiting } from "../../src/kernel/diag-waiting.js";
import { InetDiagSocket } from "../../src/kernel/inet-diag.js";
import { getRequest, inetRequests } from "../../src/kernel/inet-request.js";
import { createColumns, everyColumn } from "../../src/kernel/socket-columns.js";
import { parseUnixListener } from "../../src/kernel/unix-diag.js";
import { fixture } from "./fixture.js";
import { int32, joined, message, recorded, replay, viewOf } from "./recorded.js";

const done = message(3, 2, int32(0));
// Without its NLMSG_DONE.
const messagesOf = (dump: Uint8Array): Uint8Array => dump.subarray(0, -20);

test("recorded LISTEN dumps show the listeners that ss showed", (t) => {
  const { rows, partial, reason } = diagListeners(
    replay([joined(messagesOf(recorded("listen-ipv4")), recorded("listen-ipv6"))]),
  );
  t.deepEqual({ partial, reason }, { partial: false, reason: undefined });
  t.deepEqual(
    rows.map((row) => ({ ...row, cookie: 0n, inode: 0 })),
    [
      {
        cookie: 0n,
        inode: 0,
        uid: 0,
        family: "ipv4",
        v6only: undefined,
        address: "127.0.0.1",
        port: 3000,
        length: 3,
        limit: 5,
        drops: 0,
      },
      {
        cookie: 0n,
        inode: 0,
        uid: 0,
        family: "ipv6",
        v6only: false,
        address: "::",
        port: 3001,
        length: 0,
        limit: 9,
        drops: 0,
      },
      {
        cookie: 0n,
        inode: 0,
        uid: 0,
        family: "ipv6",
        v6only: true,
        address: "::1",
        port: 3000,
        length: 0,
        limit: 7,
        drops: 0,
      },
    ],
  );
});

test("queue, limit and drops of recorded listeners are those that `ss -ltnm` printed beside", (t) => {
  const ss = fixture("6.18/diag/ss.txt").matchAll(/^LISTEN +(\d+) +(\d+) +(\S+):(\d+) .*\n.*,d(\d+)\)/gm);
  const { rows } = diagListeners(replay([joined(messagesOf(recorded("listen-ipv4")), recorded("listen-ipv6"))]));
  t.deepEqual(
    rows.map(({ length, limit, port, drops }) => [length, limit, port, drops]),
    Array.from(ss, ([, length, limit, , port, drops]) => [length, limit, port, drops].map(Number)),
  );
});

test("a listener that is told twice is one row", (t) => {
  const dump = recorded("listen-ipv4");
  t.is(diagListeners(replay([joined(messagesOf(dump), dump)])).rows.length, 1);
});

test("recorded unix listeners have path, or the abstract name without its padding", (t) => {
  const { rows, partial } = diagUnixListeners(replay([recorded("unix-listen")]));
  t.false(partial);
  t.deepEqual(
    rows.map(({ path, length, limit }) => ({ path, length, limit })),
    [
      { path: "/tmp/sockscope-fixture.sock", length: 0, limit: 511 },
      { path: "@sockscope-fixture", length: 0, limit: 511 },
    ],
  );
});

test("of a port's connections those without an owner wait, with age, state and bytes without the FIN", (t) => {
  const waiting = diagWaiting(replay([recorded("estab-port-3000")]), [3000, 3001], "ipv4");
  t.deepEqual(
    waiting.get(3000)?.connections.map((connection) => ({ ...connection, cookie: 0n })),
    [
      { cookie: 0n, family: "ipv4", ageMs: 320, state: "CLOSE_WAIT", recvQBytes: 3 },
      { cookie: 0n, family: "ipv4", ageMs: 320, state: "ESTAB", recvQBytes: 3 },
      { cookie: 0n, family: "ipv4", ageMs: 320, state: "ESTAB", recvQBytes: 3 },
    ],
  );
  t.deepEqual(waiting.get(3001), { connections: [], partial: false });
});

test("an answer that is cut short is partial for every port, and half-open ones are not counted", (t) => {
  t.deepEqual(diagWaiting(replay([]), [3000], "ipv4").get(3000), { connections: [], partial: true });
  t.deepEqual([...diagSynRecv(replay([]), [3000], "ipv4")], []);
  t.deepEqual([...diagSynRecv(replay([done]), [3000], "ipv4")], [[3000, 0]]);
});

test("no port, no question", (t) => {
  const link = replay();
  t.deepEqual([...diagWaiting(link, [])], []);
  t.deepEqual([...diagSynRecv(link, [])], []);
  t.is(link.asked.length, 0);
});

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

test("a request asks for exactly the states and attributes that were named", (t) => {
  const query = { states: 1 << 10, attributes: ["info", "memInfo"] } as const;
  const [one, ...none] = inetRequests({ ...query, family: "ipv6" });
  t.deepEqual([one?.type, one?.payload.length, none.length], [20, 56, 0]);
  t.deepEqual([...one!.payload.subarray(0, 8)], [10, 6, 0b100_0010, 0, 0, 4, 0, 0]);
});

test("both families of TCP are one question, of UDP two", (t) => {
  const query = { states: 1 << 10, attributes: ["memInfo"], bytecode: Uint8Array.of(1, 2, 3, 4) } as const;
  const [both, ...none] = inetRequests(query);
  t.deepEqual([both?.type, both?.payload.length, none.length], [18, 68, 0]);
  t.deepEqual([...both!.payload.subarray(0, 4), ...both!.payload.subarray(52, 56)], [0, 0, 0, 64, 0, 4, 0, 0]);
  t.deepEqual([...both!.payload.subarray(60)], [8, 0, 1, 0, 1, 2, 3, 4]);
  t.deepEqual(
    inetRequests({ ...query, protocol: "udp" }).map(({ type, payload }) => [type, payload[0], payload[1]]),
    [
      [20, 2, 17],
      [20, 10, 17],
    ],
  );
});

test("the filter of two ports jumps over the second comparison when the first fits", (t) => {
  // prettier-ignore
  t.deepEqual([...portFilter([80, 0x1234])!], [11, 8, 12, 0, 0, 0, 80, 0, 1, 4, 12, 0, 11, 8, 12, 0, 0, 0, 0x34, 0x12]);
  t.deepEqual([...portFilter([80], "remote")!], [12, 8, 12, 0, 0, 0, 80, 0]);
  t.is(portFilter([]), undefined);
});

test("a filter of local or remote ports compares both in one program", (t) => {
  t.deepEqual([...anyPortFilter([80], [443])!], [11, 8, 12, 0, 0, 0, 80, 0, 1, 4, 12, 0, 12, 8, 12, 0, 0, 0, 187, 1]);
  t.is(anyPortFilter([], []), undefined);
  const found = diagDump(replay([recorded("estab-port-3000")]), { anyPorts: { local: [1], remote: [33258] } });
  t.deepEqual(
    [...found].map((socket) => socket.remotePort),
    [33258],
  );
});

test("an exact get carries ports, addresses and cookie, all ones for any", (t) => {
  const { payload } = getRequest({ localAddress: "::1", localPort: 80, cookie: 5n }, []);
  const bytes = payload.subarray(8);
  t.is(payload[0], 10);
  t.deepEqual([...bytes.subarray(0, 20)], [0, 80, 0, 0, ...Array.from({ length: 15 }, () => 0), 1]);
  t.deepEqual([...bytes.subarray(40)], [5, 0, 0, 0, 0, 0, 0, 0]);
  t.throws(() => getRequest({ localAddress: "localhost", localPort: 80 }, []), { instanceOf: TypeError });
  t.throws(() => getRequest({ localAddress: "::1", localPort: 80, remoteAddress: "1.2.3.4" }, []));
});

test("addresses become text as RFC 5952 has it, and back", (t) => {
  for (const text of ["::", "::1", "2001:db8::1", "fe80::1:0:0:1", "1:0:2::3", "::ffff:10.0.0.1", "1:2:3:4:5:6:7:8"]) {
    const { bytes } = parseAddress(text);
    t.is(ipv6Text(viewOf(bytes), 0), text);
  }
  t.deepEqual([...parseAddress("10.0.0.255").bytes], [10, 0, 0, 255]);
  t.deepEqual([...parseAddress("fe80::1%eth0").bytes], [0xfe, 0x80, ...Array.from({ length: 13 }, () => 0), 1]);
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
