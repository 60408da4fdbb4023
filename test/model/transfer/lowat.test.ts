import test from "ava";
import { simulate } from "../../../src/model/index.js";

const readable = (lowat: number, chunk: number, rcvbuf: number | "auto") => {
  const { calls, final } = simulate({
    kind: "transfer",
    sender: { nodelay: true, writes: [{ at: 0, bytes: 400_000, chunk, every: 0.001 }] },
    receiver: { rcvbuf, lowat, reads: [{ from: 0, chunk: 1_000_000 }] },
    until: 2,
  });
  return { first: calls.find(({ call }) => call === "read")?.returned, rcvbuf: final.rcvbuf };
};

test("SO_RCVLOWAT makes the socket readable with the arrival that reaches it", (t) => {
  t.is(readable(10_000, 1000, 131_072).first, 10_000);
  t.is(readable(10_500, 1000, 131_072).first, 11_000);
});

test("SO_RCVLOWAT is at most half of a fixed receive buffer", (t) => {
  t.deepEqual(readable(1_000_000, 1000, 131_072), { first: 66_000, rcvbuf: 131_072 });
});

test("SO_RCVLOWAT raises an automatic receive buffer to twice itself", (t) => {
  const receiver = { lowat: 200_000 };
  t.is(simulate({ kind: "transfer", sender: {}, receiver, until: 1 }).final.rcvbuf, 400_000);
});

test("below SO_RCVLOWAT a receive buffer that is seven eighths full of small arrivals is readable all the same", (t) => {
  const { first = 0 } = readable(65_536, 100, 131_072);
  t.true(first < 65_536);
});
