import test from "ava";
import type { Process } from "../../../src/model/process.js";
import { read } from "../../../src/model/transfer/programs/read.js";
import { write } from "../../../src/model/transfer/programs/write.js";
import { act, type Say } from "./act.js";
import { createQueuePair } from "./queue-pair.js";

test("a read of an empty queue sleeps until something comes, and returns what has come", (t) => {
  const { writer, reader } = createQueuePair();
  const said = act(
    function* (say) {
      say("reads");
      say(yield* read(reader, 1000));
    },
    function* (_, wait) {
      yield* wait(2);
      yield* write(writer, 300);
    },
  );
  t.deepEqual(said, ["0 reads", "2 300"]);
});

test("reads take what is there, short when it is less, and drain the queue", (t) => {
  const { writer, reader } = createQueuePair();
  const said = act(function* (say) {
    yield* write(writer, 250);
    for (let count = 0; count < 3; count += 1) say(yield* read(reader, 100));
    say(yield* read(reader, 100, { nonblocking: true }));
  });
  t.deepEqual(said, ["0 100", "0 100", "0 50", "0 -11"]);
});

test("a peer that closed is read to the end and then reads as 0, again and again", (t) => {
  const { writer, reader } = createQueuePair();
  const said = act(function* (say) {
    yield* write(writer, 3);
    writer.shutdown();
    for (let count = 0; count < 3; count += 1) say(yield* read(reader, 100));
  });
  t.deepEqual(said, ["0 3", "0 0", "0 0"]);
});

test("a sleeping reader is woken by the peer's close, and by its reset with ECONNRESET", (t) => {
  const [closed, broken] = [createQueuePair(), createQueuePair()];
  const said = act(
    function* (say) {
      say("closed", yield* read(closed.reader, 100));
    },
    function* (say) {
      say("reset", yield* read(broken.reader, 100));
    },
    function* (_, wait) {
      yield* wait(1);
      closed.writer.shutdown();
      yield* wait(1);
      broken.reset();
    },
  );
  t.deepEqual(said, ["1 closed 0", "2 reset -104"]);
});

test("what arrived before a reset can still be read; the next read is told", (t) => {
  const { writer, reader, reset } = createQueuePair();
  const said = act(function* (say) {
    yield* write(writer, 3);
    reset();
    say(yield* read(reader, 100));
    say(yield* read(reader, 100));
  });
  t.deepEqual(said, ["0 3", "0 -104"]);
});

test("of three readers asleep on a socket all are woken: the last to come takes the data, and the others queue again", (t) => {
  const { writer, reader } = createQueuePair();
  const named = (name: string) =>
    function* (say: Say): Process {
      say(name, yield* read(reader, 100));
    };
  const said = act(named("first"), named("second"), named("third"), function* (_, wait) {
    for (let count = 0; count < 3; count += 1) {
      yield* wait(1);
      yield* write(writer, 10);
    }
  });
  t.deepEqual(said, ["1 third 10", "2 first 10", "3 second 10"]);
});

test("250 bytes for three sleeping readers of 100 are 100, 100 and 50, the last come first", (t) => {
  const { writer, reader } = createQueuePair();
  const named = (name: string) =>
    function* (say: Say): Process {
      say(name, yield* read(reader, 100));
    };
  const said = act(named("first"), named("second"), named("third"), function* (_, wait) {
    yield* wait(1);
    yield* write(writer, 250);
  });
  t.deepEqual(said, ["1 third 100", "1 second 100", "1 first 50"]);
});

test("SO_RCVLOWAT holds a sleeping reader back until so much is there, even one that asks for less", (t) => {
  const { writer, reader } = createQueuePair({ lowat: 1000 });
  const said = act(
    function* (say) {
      say(yield* read(reader, 100));
    },
    function* (_, wait) {
      yield* wait(1);
      yield* write(writer, 500);
      yield* wait(1);
      yield* write(writer, 500);
    },
  );
  t.deepEqual(said, ["2 100"]);
});

test("what a reader took before it slept does not count for SO_RCVLOWAT: it needs the whole mark again", (t) => {
  const { writer, reader } = createQueuePair({ lowat: 1000 });
  const said = act(
    function* (say) {
      yield* write(writer, 500);
      say(yield* read(reader, 2000));
    },
    function* (_, wait) {
      for (const bytes of [300, 200, 1000]) {
        yield* wait(1);
        yield* write(writer, bytes);
      }
    },
  );
  t.deepEqual(said, ["3 2000"]);
});

test("below SO_RCVLOWAT a read that may not sleep takes what is there", (t) => {
  const { writer, reader } = createQueuePair({ lowat: 1000 });
  const said = act(function* (say) {
    yield* write(writer, 500);
    say(yield* read(reader, 100, { nonblocking: true }));
  });
  t.deepEqual(said, ["0 100"]);
});

test("a write into a full queue sleeps until a third of it is free, and goes on until all is taken", (t) => {
  const { writer, reader, sendQ } = createQueuePair({ sendLimit: 900, receiveLimit: 1000 });
  const said = act(
    function* (say) {
      say("wrote", yield* write(writer, 2500, { onWait: () => say("sleeps with", sendQ(), "in the queue") }));
    },
    function* (_, wait) {
      for (let count = 0; count < 4; count += 1) {
        yield* wait(1);
        yield* read(reader, 200);
      }
    },
  );
  t.deepEqual(said, ["0 sleeps with 900 in the queue", "2 sleeps with 900 in the queue", "4 wrote 2500"]);
});

test("a write that may not sleep takes what fits, then nothing", (t) => {
  const { writer } = createQueuePair({ sendLimit: 900, receiveLimit: 1000 });
  const said = act(function* (say) {
    say(yield* write(writer, 2500, { nonblocking: true }));
    say(yield* write(writer, 600, { nonblocking: true }));
  });
  t.deepEqual(said, ["0 1900", "0 -11"]);
});

test("a write to a closed end is EPIPE, and what was taken before is told first", (t) => {
  const { writer } = createQueuePair({ sendLimit: 900, receiveLimit: 1000 });
  const said = act(
    function* (say) {
      say(yield* write(writer, 2500));
      say(yield* write(writer, 1));
    },
    function* (_, wait) {
      yield* wait(1);
      writer.shutdown();
    },
  );
  t.deepEqual(said, ["1 1900", "1 -32"]);
});
