import test from "ava";
import { simulate, type TransferResult } from "../../src/model/index.js";

// The text's two queues: 100 KB at the sender, 100 KB at the receiver.
const queueBytes = 100_000;
type Writes = { readonly at: number; readonly bytes: number; readonly chunk?: number };
type Reads =
  | { readonly at: number; readonly bytes: number }
  | { readonly from: number; readonly until: number; readonly every: number; readonly bytes: number };

const transfer = (writes: readonly Writes[], reads: readonly Reads[] = [], nonblocking = true): TransferResult =>
  simulate({
    kind: "transfer",
    sender: { sndbuf: queueBytes, nonblocking, writes },
    receiver: { rcvbuf: queueBytes, nonblocking, reads },
    until: 20,
  });
const callsOf = ({ calls }: TransferResult, call: "read" | "write") =>
  calls.filter((one) => one.call === call).map(({ at, returned, outcome }) => [at, returned, outcome]);

test("two full queues of 100 KB bound the memory at about 200 KB, however much the sender has to say", (t) => {
  for (const bytes of [1_000_000, 100_000_000]) {
    const { written, final } = transfer([{ at: 0, bytes, chunk: 10_000 }]);
    t.is(written, final.sendQ + final.recvQ);
    t.true(Math.abs(written - 200_000) < 10_000, `${written} bytes were taken`);
    t.true(final.rmem <= final.rcvbuf);
  }
});

test("a full receive queue stops the sender: the window closes, and nothing moves until somebody reads", (t) => {
  const { timeline, final } = transfer([{ at: 0, bytes: 1_000_000 }]);
  const stopped = timeline.filter(({ at }) => at > 1);
  t.is(final.window, 0);
  t.deepEqual(stopped, []);
});

test("a reader that comes back lets the sender go on, and everything arrives", (t) => {
  const reads = [{ from: 5, until: 15, every: 0.1, bytes: 50_000 }];
  const { written, read, final } = transfer([{ at: 0, bytes: 1_000_000 }], reads);
  t.deepEqual([written, read, final.sendQ, final.recvQ], [1_000_000, 1_000_000, 0, 0]);
});

test("a partial read: 300 bytes have come, 1,000 are asked for, 300 are returned", (t) => {
  const result = transfer([{ at: 1, bytes: 300 }], [{ at: 2, bytes: 1000 }]);
  t.deepEqual(callsOf(result, "read"), [[2, 300, "partial"]]);
});

test("a read takes what it asks for and leaves the rest for the next", (t) => {
  const result = transfer([{ at: 1, bytes: 300 }], [{ from: 2, until: 5, every: 1, bytes: 200 }]);
  t.deepEqual(callsOf(result, "read"), [
    [2, 200, "complete"],
    [3, 100, "partial"],
    [4, 0, "would-block"],
  ]);
});

test("a read of an empty queue sleeps until something comes", (t) => {
  const { calls } = transfer([{ at: 3, bytes: 300 }], [{ at: 0, bytes: 1000 }], false);
  const [read] = calls.filter(({ call }) => call === "read");
  t.like(read, { at: 0, asked: 1000, returned: 300, outcome: "blocked", resumedAt: 3 });
});

test("a partial write: of a megabyte the kernel takes what both queues hold, and then nothing", (t) => {
  const [first, ...others] = callsOf(transfer([{ at: 0, bytes: 1_000_000 }]), "write");
  t.is(first?.[2], "partial");
  t.deepEqual(others.at(-1)?.slice(1), [0, "would-block"]);
});

test("a write that may sleep does, until all of it is taken", (t) => {
  const reads = [{ from: 5, until: 19, every: 0.1, bytes: 50_000 }];
  const { calls } = transfer([{ at: 0, bytes: 500_000 }], reads, false);
  const [write] = calls.filter(({ call }) => call === "write");
  t.like(write, { at: 0, asked: 500_000, returned: 500_000, outcome: "blocked" });
  t.true((write?.resumedAt ?? 0) > 5);
});

test("a write that still sleeps at the end has returned nothing", (t) => {
  const { calls } = transfer([{ at: 0, bytes: 500_000 }], [], false);
  t.like(calls[0], { at: 0, returned: 0, outcome: "blocked", resumedAt: null });
});

test("a slow reader sets the pace: who writes as fast as he can gets through what is read and no more", (t) => {
  const reads = [{ from: 0, until: 20, every: 0.1, bytes: 1000 }];
  const { written, read } = transfer([{ at: 0, bytes: 10_000_000 }], reads);
  t.is(read, 200_000);
  t.true(written - read < 250_000, `${written - read} bytes are under way`);
});

/** Measured with Node 20 and bbr on loopback: a peer that has paused, and 100 writes of 64 KiB that ignore write()'s answer. */
const stubborn = (heedsDrain: boolean, until: number): TransferResult =>
  simulate({
    kind: "transfer",
    sender: {
      congestion: "bbr",
      node: { highWaterMark: 16_384, heedsDrain },
      writes: [{ at: 0.1, bytes: 100 * 65_536, chunk: 65_536 }],
    },
    receiver: { congestion: "bbr", node: { highWaterMark: 16_384, pauses: [{ from: 0, until: 3 }] } },
    until,
  });

test("a Node program that ignores write()'s false holds in its own memory what the kernel does not take", (t) => {
  const { calls, node } = stubborn(false, 1);
  const writes = calls.filter(({ call }) => call === "write");
  t.is(
    writes.findIndex(({ outcome }) => outcome !== "complete"),
    59,
  );
  t.like(node?.sender, { writableLength: 2_686_976, drains: 0 });
  t.like(node?.receiver, { readableLength: 65_536, given: 0 });
});

test("a Node program that waits for 'drain' holds one chunk; when the peer reads again, either gets everything through", (t) => {
  for (const heedsDrain of [true, false]) {
    const { node, final } = stubborn(heedsDrain, 5);
    t.is(node?.sender?.peakWritableLength, heedsDrain ? 65_536 : 2_686_976);
    t.like(node?.sender, { writableLength: 0 });
    t.like(node?.receiver, { readableLength: 0, given: 100 * 65_536 });
    t.like(final, { recvQ: 0, sendQ: 0 });
  }
});

test("a slow Node reader is one that computes: its socket's queues fill although it never pauses", (t) => {
  const { node, timeline } = simulate({
    kind: "transfer",
    sender: { sndbuf: queueBytes, writes: [{ at: 0, bytes: 1_000_000 }] },
    receiver: { rcvbuf: queueBytes, node: { workPerChunk: 0.5 } },
    until: 4,
  });
  t.true((node?.receiver?.given ?? 0) < 600_000);
  t.true(Math.max(...timeline.map(({ recvQ }) => recvQ)) > 60_000);
  t.is(node?.receiver?.readableLength, 0);
});
