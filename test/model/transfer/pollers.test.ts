import test from "ava";
import { spawn } from "../../../src/model/process.js";
import { createEpoll } from "../../../src/model/transfer/programs/epoll.js";
import { poll, select } from "../../../src/model/transfer/programs/poll.js";
import { read } from "../../../src/model/transfer/programs/read.js";
import { write } from "../../../src/model/transfer/programs/write.js";
import { poll as bits } from "../../../src/model/transfer/wait-queue.js";
import { act, type Actor } from "./act.js";
import { createQueuePair } from "./queue-pair.js";

const names = (events: number): string =>
  Object.entries(bits)
    .filter(([, bit]) => (events & bit) !== 0)
    .map(([name]) => name)
    .join("+") || "nothing";

test("poll sleeps until one of its sockets is ready and says which and for what", (t) => {
  const [one, other] = [createQueuePair(), createQueuePair()];
  const said = act(
    function* (say, _, engine) {
      const sockets = [one, other].map(({ reader }) => ({ socket: reader, events: bits.in }));
      say((yield* poll(engine, sockets)).map(names).join(", "));
    },
    function* (_, wait) {
      yield* wait(3);
      yield* write(other.writer, 10);
    },
  );
  t.deepEqual(said, ["3 nothing, in"]);
});

test("poll gives up after its time, and looks once without waiting when the time is 0", (t) => {
  const { reader } = createQueuePair();
  const said = act(function* (say, _, engine) {
    const sockets = [{ socket: reader, events: bits.in }];
    say(yield* poll(engine, sockets, 0));
    say(yield* poll(engine, sockets, 1.5));
  });
  t.deepEqual(said, ["0 0", "1.5 0"]);
});

test("select tells who can be read and who can be written", (t) => {
  const [one, other] = [createQueuePair({ sendLimit: 90, receiveLimit: 10 }), createQueuePair()];
  const said = act(function* (say, _, engine) {
    yield* write(one.writer, 1000, { nonblocking: true });
    const { readable, writable } = yield* select(engine, [one.reader, other.reader], [one.writer, other.writer]);
    say(readable.length, readable[0] === one.reader, writable.length, writable[0] === other.writer);
  });
  t.deepEqual(said, ["0 1 true 1 true"]);
});

test("below SO_RCVLOWAT poll stays asleep", (t) => {
  const { writer, reader } = createQueuePair({ lowat: 1000 });
  const said = act(
    function* (say, _, engine) {
      say(yield* poll(engine, [{ socket: reader, events: bits.in }]));
    },
    function* (_, wait) {
      for (const bytes of [999, 1]) {
        yield* wait(1);
        yield* write(writer, bytes);
      }
    },
  );
  t.deepEqual(said, ["2 1"]);
});

test("the end of the stream is readable, and an error comes unasked", (t) => {
  const [closed, broken] = [createQueuePair(), createQueuePair()];
  const said = act(function* (say, _, engine) {
    closed.writer.shutdown();
    broken.reset();
    const sockets = [closed, broken].map(({ reader }) => ({ socket: reader, events: bits.in | bits.rdhup }));
    say((yield* poll(engine, sockets)).map(names).join(", "));
  });
  t.deepEqual(said, ["0 in+rdhup, in+err+hup"]);
});

/** Looks every second, for three seconds, at what one arrival after another makes epoll tell. */
const watchArrivals = (edge: boolean, isRead: boolean): string[] => {
  const { writer, reader } = createQueuePair();
  const watcher: Actor = function* (say, wait, engine) {
    const epoll = createEpoll(engine);
    epoll.set(reader, bits.in, { edge });
    yield* wait(0.5);
    for (let second = 0; second < 4; second += 1) {
      yield* wait(1);
      const events = yield* epoll.wait(10, 0);
      say(events.length, "then", (yield* epoll.wait(10, 0)).length);
      if (isRead) yield* read(reader, 1000, { nonblocking: true });
    }
  };
  return act(watcher, function* (_, wait) {
    for (let count = 0; count < 3; count += 1) {
      yield* wait(1);
      yield* write(writer, 10);
    }
  });
};

test("an edge-triggered socket is told once for each arrival, read or not", (t) => {
  const once = ["1.5 1 then 0", "2.5 1 then 0", "3.5 1 then 0", "4.5 0 then 0"];
  t.deepEqual(watchArrivals(true, false), once);
  t.deepEqual(watchArrivals(true, true), once);
});

test("a level-triggered socket is told as long as there is something to read", (t) => {
  t.deepEqual(watchArrivals(false, false), ["1.5 1 then 1", "2.5 1 then 1", "3.5 1 then 1", "4.5 1 then 1"]);
  t.deepEqual(watchArrivals(false, true), ["1.5 1 then 1", "2.5 1 then 1", "3.5 1 then 1", "4.5 0 then 0"]);
});

test("an edge-triggered reader that does not drain its socket sleeps on what is left", (t) => {
  const { writer, reader, recvQ } = createQueuePair();
  const said = act(
    function* (say, _, engine) {
      const epoll = createEpoll(engine);
      epoll.set(reader, bits.in, { edge: true });
      for (;;) {
        yield* epoll.wait();
        yield* read(reader, 100);
        say("leaves", recvQ());
      }
    },
    function* (_, wait) {
      for (let count = 0; count < 2; count += 1) {
        yield* wait(1);
        yield* write(writer, 1000);
      }
    },
  );
  t.deepEqual(said, ["1 leaves 900", "2 leaves 1800"]);
});

test("an edge-triggered writer is told again only after it found no space and a third of the queue is free", (t) => {
  const { writer, reader } = createQueuePair({ sendLimit: 900, receiveLimit: 100 });
  const said = act(
    function* (say, _, engine) {
      const epoll = createEpoll(engine);
      epoll.set(writer, bits.out, { edge: true });
      for (;;) {
        const [event] = yield* epoll.wait();
        say(names(event?.events ?? 0), "writes", yield* write(writer, 5000, { nonblocking: true }));
      }
    },
    function* (_, wait) {
      for (let count = 0; count < 5; count += 1) {
        yield* wait(1);
        yield* read(reader, 100);
      }
    },
  );
  t.deepEqual(said, ["0 out writes 1000", "3 out writes 300"]);
});

test("an edge-triggered writer that was not refused is never told again", (t) => {
  const { writer, reader } = createQueuePair();
  const said = act(
    function* (say, _, engine) {
      const epoll = createEpoll(engine);
      epoll.set(writer, bits.out, { edge: true });
      for (;;) {
        yield* epoll.wait();
        say("writes", yield* write(writer, 50, { nonblocking: true }));
      }
    },
    function* (_, wait) {
      yield* wait(1);
      yield* read(reader, 100);
    },
  );
  t.deepEqual(said, ["0 writes 50"]);
});

test("what an arrival wakes tells everything that is asked for and true, not the arrival alone", (t) => {
  const { writer, reader } = createQueuePair();
  const said = act(
    function* (say, _, engine) {
      const epoll = createEpoll(engine);
      epoll.set(reader, bits.in | bits.out, { edge: true });
      for (;;) say((yield* epoll.wait()).map(({ events }) => names(events)).join());
    },
    function* (_, wait) {
      yield* wait(1);
      yield* write(writer, 1);
    },
  );
  t.deepEqual(said, ["0 out", "1 in+out"]);
});

test("a one-shot socket is silent until it is armed again, and then told what is there", (t) => {
  const { writer, reader } = createQueuePair();
  const said = act(function* (say, _, engine) {
    const epoll = createEpoll(engine);
    epoll.set(reader, bits.in, { oneShot: true });
    for (let count = 0; count < 2; count += 1) {
      yield* write(writer, 1);
      say((yield* epoll.wait(10, 0)).length);
    }
    epoll.set(reader, bits.in, { oneShot: true });
    say((yield* epoll.wait(10, 0)).length);
  });
  t.deepEqual(said, ["0 1", "0 0", "0 1"]);
});

test("of two that wait on one epoll an edge wakes the one that has waited longer", (t) => {
  const { writer, reader } = createQueuePair();
  const said = act(function* (say, wait, engine) {
    const epoll = createEpoll(engine);
    epoll.set(reader, bits.in, { edge: true });
    for (const name of ["first", "second"])
      spawn(
        engine,
        (function* () {
          yield* epoll.wait();
          say(name);
        })(),
      );
    for (let count = 0; count < 2; count += 1) {
      yield* wait(1);
      yield* write(writer, 1);
    }
  });
  t.deepEqual(said, ["1 first", "2 second"]);
});
