import test from "ava";
import { createAsking } from "../../../src/agent/connections/asking.js";
import { createNodeAnswers } from "../../../src/agent/connections/node-answers.js";
import type { AskedSocket } from "../../../src/agent/messages.js";

const asking = () => {
  const posted: (readonly AskedSocket[])[] = [];
  const fdOf = (cookie: bigint): number | undefined => (cookie < 100n ? Number(cookie) + 20 : undefined);
  return { posted, asking: createAsking(fdOf, (sockets) => posted.push(sockets)) };
};

test("Node's side is asked for by descriptor and cookie, of twenty sockets at most, and not of one that has gone", (t) => {
  const { posted, asking: ask } = asking();
  ask.consider(0, [1n, 200n]);
  t.deepEqual(posted, [[{ fd: 21, cookie: 1n }]]);
  ask.answered();
  ask.consider(
    1000,
    Array.from({ length: 30 }, (_, n) => BigInt(n)),
  );
  t.is(posted[1]?.length, 20);
});

test("a thread that does not answer is not asked again for ten seconds, one that answers twice a second at most", (t) => {
  const { posted, asking: ask } = asking();
  for (let at = 0; at < 10_000; at += 100) ask.consider(at, [1n]);
  t.is(posted.length, 1);
  ask.consider(10_000, [1n]);
  t.is(posted.length, 2);
  for (let at = 10_000; at < 12_000; at += 100) {
    ask.answered();
    ask.consider(at, [1n]);
  }
  t.is(posted.length, 5);
  ask.answered();
  ask.consider(20_000, []);
  t.is(posted.length, 5);
});

test("an answer goes into one look, and an old one into none", (t) => {
  const answers = createNodeAnswers();
  answers.add([{ cookie: 1n, node: { writableLength: 5 } }], 0);
  t.deepEqual(
    [answers.take(2n, 100), answers.take(1n, 100), answers.take(1n, 100)],
    [undefined, { writableLength: 5 }, undefined],
  );
  answers.add([{ cookie: 1n, node: { writableLength: 6 } }], 1000);
  t.is(answers.take(1n, 3001), undefined);
});
