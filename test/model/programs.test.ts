import test from "ava";
import { createConnection, read, ScenarioError, sleep, spawn, write } from "../../src/model/index.js";

test("programs of one's own: a writer sleeps until the reader has made room for all that it has to say", (t) => {
  const { engine, sender, receiver, pass } = createConnection({
    sender: { sndbuf: 87_040 },
    receiver: { rcvbuf: 131_072 },
  });
  const done: number[] = [];
  const reads: number[] = [];
  spawn(
    engine,
    (function* () {
      done.push(yield* write(sender, 1_000_000), engine.now() / 1e9);
      sender.close();
    })(),
  );
  spawn(
    engine,
    (function* () {
      do {
        yield* sleep(engine, 0.5);
        reads.push(yield* read(receiver, 65_536));
      } while (reads.at(-1)! > 0);
    })(),
  );
  pass(1);
  t.deepEqual(done, []);
  pass(30);
  t.is(done[0], 1_000_000);
  t.true(done[1]! > 5);
  t.is(
    reads.reduce((sum, bytes) => sum + bytes, 0),
    1_000_000,
  );
});

test("a connection that the kernel would not make is refused like a scenario", (t) => {
  t.throws(() => createConnection({ sender: { sndbuf: 1 } }), {
    instanceOf: ScenarioError,
    message: /^\$\.sender\.sndbuf: 1 is not accepted here/,
  });
});
