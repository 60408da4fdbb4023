// What the kernel says of a closed socket: bytes recorded on Linux 6.18, each after one request of 100 bytes, one answer of
// 500, and 300 ms of quiet.
import test from "ava";
import fc from "fast-check";
import type { KernelError } from "../../src/errors.js";
import { closedSocket, closeEventsOver, closeFilter, type EventLink } from "../../src/kernel/close-events.js";
import { recorded, viewOf } from "./recorded.js";

const event = (name: string): Uint8Array => recorded(`close-${name}`);
const decoded = (name: string) => {
  const bytes = event(name);
  const socket = closedSocket(viewOf(bytes), bytes.length)!;
  const { state, inode, remotePort, rqueue, wqueue, tcpInfo } = socket;
  const { bytesReceived, dataSegsIn, bytesAcked, lastDataSentMs, totalRto } = tcpInfo!;
  return { state, inode, remotePort, rqueue, wqueue, bytesReceived, dataSegsIn, bytesAcked, lastDataSentMs, totalRto };
};
const gone = { state: "UNCONN", inode: 0, rqueue: 0, wqueue: 0, bytesReceived: 100n, dataSegsIn: 1, totalRto: 0 };

test("closed by us first: told when the peer acknowledges the FIN, which counts one byte", (t) => {
  t.deepEqual(decoded("ours-first"), { ...gone, remotePort: 54_254, bytesAcked: 501n, lastDataSentMs: 348 });
  t.deepEqual(decoded("ours-first-v6"), { ...gone, remotePort: 38_782, bytesAcked: 501n, lastDataSentMs: 344 });
});

test("closed by the peer first: its FIN counts one byte received, and is read", (t) => {
  t.like(decoded("theirs-first"), { ...gone, bytesReceived: 101n, bytesAcked: 501n });
});

test("closed with unread data: the receive queue is told as it was", (t) => {
  t.like(decoded("unread"), { ...gone, rqueue: 333, bytesReceived: 433n, dataSegsIn: 2, bytesAcked: 500n });
});

test("data after our FIN: a segment more, and not one byte", (t) => {
  t.like(decoded("data-after-fin"), { ...gone, dataSegsIn: 2, bytesAcked: 501n, lastDataSentMs: 304 });
});

test("reset by the peer: as it stood", (t) => {
  t.like(decoded("rst-in"), { ...gone, bytesAcked: 500n });
});

test("given up: what was never acknowledged is told, and how often it was tried", (t) => {
  t.like(decoded("timed-out"), { ...gone, wqueue: 700, bytesAcked: 500n, totalRto: 2 });
});

test("SO_LINGER 0 and a refused connect leave nothing but the local port", (t) => {
  for (const name of ["linger-0", "refused"])
    t.like(decoded(name), { state: "UNCONN", remotePort: 0, bytesReceived: 0n, dataSegsIn: 0 }, name);
});

/** The part of classic BPF that the filter uses, as net/core/filter.c runs it. */
const accepts = (program: Uint8Array, message: Uint8Array): boolean => {
  const view = viewOf(program);
  let loaded = 0;
  for (let pc = 0; pc < program.length / 8; pc++) {
    const [code, whenTrue, whenFalse, k] = [
      view.getUint16(8 * pc, true),
      view.getUint8(8 * pc + 2),
      view.getUint8(8 * pc + 3),
      view.getUint32(8 * pc + 4, true),
    ];
    if (code === 0x06) return k > 0;
    if (code === 0x28) loaded = viewOf(message).getUint16(k);
    if (code === 0x15) pc += loaded === k ? whenTrue : whenFalse;
  }
  throw new Error("ran off its end");
};

test("the filter lets exactly the given local ports through", (t) => {
  const port = viewOf(event("unread")).getUint16(20);
  const other = viewOf(event("ours-first")).getUint16(20);
  t.true(accepts(closeFilter([port]), event("unread")));
  t.false(accepts(closeFilter([port]), event("ours-first")));
  t.deepEqual(
    [other, port].map((_, i) => accepts(closeFilter([80, other, 443, port]), event(i === 0 ? "ours-first" : "unread"))),
    [true, true],
  );
  t.false(accepts(closeFilter([]), event("unread")));
});

interface Calls extends EventLink {
  readonly calls: string[];
}
const linkOf = (datagrams: (Uint8Array | number)[], fails: { filter?: number; join?: number } = {}): Calls => {
  const calls: string[] = [];
  return {
    calls,
    filter(program) {
      calls.push(`filter ${program.length / 8}`);
      return fails.filter ?? 1;
    },
    join(group) {
      calls.push(`join ${group}`);
      return fails.join ?? 1;
    },
    receive(into) {
      const next = datagrams.shift() ?? -11;
      if (typeof next === "number") return next;
      into.set(next);
      return next.length;
    },
    drops: () => 7,
    close: () => calls.push("close"),
  };
};

test("the filter is there before the first event can be", (t) => {
  const link = linkOf([]);
  const events = closeEventsOver(link, [3000]);
  t.false(events instanceof Error);
  t.deepEqual(link.calls, ["filter 4", "join 1", "join 3"]);
});

test("what keeps it from being opened is said", (t) => {
  const refused = (fails: { filter?: number; join?: number }): string =>
    (closeEventsOver(linkOf([], fails), [3000]) as KernelError).message;
  t.is(refused({ filter: -1 }), "SO_ATTACH_FILTER: EPERM");
  t.is(refused({ join: -1 }), "NETLINK_ADD_MEMBERSHIP: EPERM");
});

test("no more events are taken at a time than wanted; the rest waits", (t) => {
  const events = closeEventsOver(linkOf([event("unread"), Uint8Array.of(1, 2), event("rst-in"), event("refused")]), []);
  if (events instanceof Error) return t.fail(events.message);
  const queues: number[] = [];
  const take = ({ rqueue }: { readonly rqueue: number }): unknown => queues.push(rqueue);
  t.deepEqual([events.read(take, 2), events.read(take, 100), events.read(take, 100)], [2, 2, 0]);
  t.deepEqual(queues, [333, 0, 0]);
  t.is(events.lost, 7);
});

test("any bytes are answered", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(400), (bytes, size) => {
      const socket = closedSocket(viewOf(bytes), Math.min(size, bytes.length));
      t.notThrows(() => JSON.stringify(socket));
    }),
  );
  fc.assert(
    fc.property(fc.nat(379), fc.nat(255), (at, value) => {
      const bytes = Uint8Array.from(event("unread"));
      bytes[at] = value;
      t.notThrows(() => JSON.stringify(closedSocket(viewOf(bytes), bytes.length)));
    }),
  );
});
