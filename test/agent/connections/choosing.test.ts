import test from "ava";
import { choose, newRowsAtMost, rowsAtMost } from "../../../src/agent/connections/choose.js";
import { placesOf } from "../../../src/agent/connections/place.js";
import { createSamplingNotice } from "../../../src/agent/connections/sampling.js";
import { isOdd } from "../../../src/agent/connections/worth.js";
import type { TcpState } from "../../../src/snapshot/tcp-state.js";

const socket = (name: number, heldLooks = 0, shownUntil = 0, state: TcpState = "ESTAB") => ({
  name,
  heldLooks,
  shownUntil,
  state,
});
const names = (chosen: readonly { readonly name: number }[]): readonly number[] => chosen.map(({ name }) => name);

test("without memory in use a connection is odd that its peer half-closed or that is not answered", (t) => {
  t.deepEqual(
    [isOdd("ESTAB", 0, 0), isOdd("CLOSE-WAIT", 0, 0), isOdd("ESTAB", 1, 0), isOdd("ESTAB", 0, 2)],
    [false, true, true, true],
  );
});

test("quiet sockets cost no row; those in trouble lately are shown on, a socket that listens never is", (t) => {
  const sockets = [socket(1), socket(2, 1), socket(3, 0, 2000), socket(4, 9, 9000, "LISTEN"), socket(5, 3)];
  t.deepEqual(names(choose(sockets, 1000)), [3, 5, 2]);
  t.deepEqual(names(choose(sockets, 2000)), [5, 2]);
});

test("of a crowd whose bytes have just come only a part is shown, of those that stand the longest ones", (t) => {
  const passing = Array.from({ length: 5000 }, (_, name) => socket(name, 1));
  t.is(choose(passing, 1000).length, newRowsAtMost);
  const standing = Array.from({ length: 5000 }, (_, name) => socket(name, 2 + name));
  const chosen = names(choose([...passing, ...standing], 1000));
  t.deepEqual([chosen.length, chosen[0], chosen.at(-1)], [rowsAtMost, 4999, 5000 - rowsAtMost]);
});

test("a connection belongs to the loop of its listener, and to none where several come into question", (t) => {
  const listeners = [
    { port: 80, loop: 1 },
    { port: 81, loop: 1 },
    { port: 81, loop: 2 },
    { port: 82, loop: undefined },
  ];
  const place = placesOf(listeners, [{ id: 1 }, { id: 2 }]);
  t.deepEqual(
    [80, 81, 82, 5000].map((localPort) => place({ localPort })),
    [
      { role: "server", loop: 1 },
      { role: "server", loop: undefined },
      { role: "server", loop: undefined },
      { role: "client", loop: undefined },
    ],
  );
  t.deepEqual(placesOf(listeners, [{ id: 7 }])({ localPort: 5000 }), { role: "client", loop: 7 });
});

test("sampling is said once, and not while a process that has just opened thousands is caught up with", (t) => {
  const noticeOf = createSamplingNotice();
  const [whole, part] = [
    { read: 15_000, total: 15_000 },
    { read: 16_384, total: 60_000 },
  ];
  const told = [part, part, part, whole, part, part, part, part, part, part, part].map(noticeOf);
  const sentence = "connections are sampled: 16384 of 60000 sockets at an interval, the others in turn";
  t.deepEqual(told, [...Array.from({ length: 8 }, () => undefined), sentence, undefined, undefined]);
});
