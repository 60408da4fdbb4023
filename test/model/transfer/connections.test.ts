import test from "ava";
import { simulate } from "../../../src/model/index.js";
import type { PathSpec, TransferResult } from "../../../src/model/transfer/scenario.js";

const run = (scenario: object): TransferResult => simulate({ kind: "transfer", ...scenario }) as TransferResult;
const megabit = 125_000;
const link: PathSpec = { device: "wire", delayedLink: "tun", gso: false, rtt: 0.02, rate: 8 * megabit };

test("each connection's bytes reach its own socket", (t) => {
  const { connections, written, read, final } = run({
    connections: 3,
    sender: { writes: [{ at: 0, bytes: 10_000 }] },
    receiver: { reads: [{ at: 1, bytes: 4000 }] },
    until: 2,
  });
  t.deepEqual([written, read, final.recvQ], [30_000, 12_000, 18_000]);
  t.deepEqual(
    connections?.map((one) => [one.written, one.read, one.final.recvQ]),
    [
      [10_000, 4000, 6000],
      [10_000, 4000, 6000],
      [10_000, 4000, 6000],
    ],
  );
});

test("a connection alone says nothing of connections", (t) => {
  const result = run({ sender: { writes: [{ at: 0, bytes: 100 }] }, receiver: {}, until: 1 });
  t.is(result.connections, undefined);
  t.false("connection" in result.calls[0]!);
});

test("four connections share a link of 8 Mbit/s, none starves", (t) => {
  const { connections, read } = run({
    path: { ...link, queue: 100 },
    connections: 4,
    sender: { writes: [{ at: 0, bytes: 20_000_000, chunk: 65_536 }] },
    receiver: { reads: [{ from: 0, chunk: 65_536 }] },
    until: 10,
  });
  // 1448 of 1500 bytes are payload.
  const most = (8 * megabit * 10 * 1448) / 1500;
  t.true(read > most * 0.9 && read <= most, `${read} of ${most} bytes`);
  for (const { read: own } of connections!) t.true(own > read / 16, `${own} of ${read} bytes`);
});

test("what still comes for a connection that was reset is answered by a reset", (t) => {
  const { counters, calls } = run({
    path: { device: "wire", delayedLink: "tun", gso: false, rtt: 0.1 },
    sender: { writes: [{ at: 0, bytes: 1000, chunk: 100, every: 0.02 }] },
    receiver: { closeAt: 0.06 },
    until: 1,
  });
  // Its own at close(2), because there were unread bytes, and one for each segment that was under way.
  t.true(counters.OutRsts! > 1, `${counters.OutRsts} resets`);
  t.is(calls.at(-1)!.outcome, "reset");
});
