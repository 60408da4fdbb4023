// Listeners and who waits at them, from recorded answers of sock_diag(7).
import test from "ava";
import { diagListeners, diagUnixListeners } from "../../src/kernel/diag-listeners.js";
import { diagSynRecv, diagWaiting } from "../../src/kernel/diag-waiting.js";
import { fixture } from "./fixture.js";
import { int32, joined, message, messagesOf, recorded, replay } from "./recorded.js";

const done = message(3, 2, int32(0));

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
