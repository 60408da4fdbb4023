import test from "ava";
import { type NodeLoop, runNode } from "../../../src/model/transfer/programs/node-loop.js";
import { createNodeSocket } from "../../../src/model/transfer/programs/node-socket.js";
import { read } from "../../../src/model/transfer/programs/read.js";
import { write } from "../../../src/model/transfer/programs/write.js";
import { act, type Actor, type Say } from "./act.js";
import { createQueuePair } from "./queue-pair.js";

const node = (main: (loop: NodeLoop, say: Say) => void): Actor =>
  function* (say, _, engine) {
    yield* runNode(engine, (loop) => main(loop, say));
  };

const chunk = 65_536;

test("write() says true as long as the kernel takes everything, however much that is", (t) => {
  const { writer } = createQueuePair();
  const said = act(
    node((loop, say) => {
      const socket = createNodeSocket(loop, writer);
      say(socket.write(10 * chunk), socket.writableLength());
    }),
  );
  t.deepEqual(said, ["0 true 0"]);
});

test("what the kernel does not take waits in the process; write() says false, and takes what is written all the same", (t) => {
  const { writer } = createQueuePair({ sendLimit: 100_000, receiveLimit: 100_000 });
  const said = act(
    node((loop, say) => {
      const socket = createNodeSocket(loop, writer);
      for (let count = 0; count < 6; count += 1) say(socket.write(chunk), socket.writableLength());
    }),
  );
  // Of a request that the kernel took in part, all counts until it is finished.
  t.deepEqual(said, ["0 true 0", "0 true 0", "0 true 0", "0 false 65536", "0 false 131072", "0 false 196608"]);
});

test("a mark of 16 KiB, as before Node 22, says false as soon as that much waits", (t) => {
  const { writer } = createQueuePair({ sendLimit: 1000, receiveLimit: 1000 });
  const said = act(
    node((loop, say) => {
      const socket = createNodeSocket(loop, writer, { highWaterMark: 16_384 });
      for (const bytes of [2000, 16_383, 1]) say(socket.write(bytes), socket.writableLength());
    }),
  );
  t.deepEqual(said, ["0 true 0", "0 true 16383", "0 false 16384"]);
});

test("a program that ignores false grows; 'drain' comes when everything has gone down to the kernel", (t) => {
  const { writer, reader } = createQueuePair({ sendLimit: 100_000, receiveLimit: 100_000 });
  const said = act(
    node((loop, say) => {
      const socket = createNodeSocket(loop, writer, { onDrain: () => say("drain", socket.writableLength()) });
      let count = 0;
      const tick = (): void => {
        socket.write(100_000);
        count += 1;
        say(socket.writableLength());
        if (count < 6) loop.setTimeout(tick, 1);
      };
      tick();
    }),
    function* (_, wait) {
      yield* wait(8.5);
      for (let count = 0; count < 8; count += 1) {
        yield* wait(1);
        yield* read(reader, 50_000);
      }
    },
  );
  t.deepEqual(said, ["0 0", "1 0", "2 100000", "3 200000", "4 300000", "5 400000", "16.5 drain 0"]);
});

test("a program that waits for 'drain' holds one chunk at most", (t) => {
  const { writer, reader } = createQueuePair({ sendLimit: 100_000, receiveLimit: 100_000 });
  let most = 0;
  let written = 0;
  const said = act(
    node((loop, say) => {
      const fill = (): void => {
        while (written < 20 * chunk) {
          written += chunk;
          const goesOn = socket.write(chunk);
          most = Math.max(most, socket.writableLength());
          if (!goesOn) return;
        }
        socket.end();
        say("written");
      };
      const socket = createNodeSocket(loop, writer, { onDrain: fill });
      fill();
    }),
    function* (say, wait) {
      let got = 0;
      for (let bytes = -1; bytes !== 0; ) {
        yield* wait(0.25);
        bytes = yield* read(reader, 100_000);
        got += bytes;
      }
      say("end after", got);
    },
  );
  t.deepEqual(said, ["3 written", "3.75 end after 1310720"]);
  t.is(most, chunk);
});

test("a readable socket is read 64 KiB at a time, at most 32 times before others get their turn", (t) => {
  const { writer, reader } = createQueuePair();
  const sizes: number[] = [];
  const turns: number[] = [];
  act(
    function* () {
      yield* write(writer, 40 * chunk + 10);
    },
    node((loop) => {
      createNodeSocket(loop, reader, { onData: (bytes) => sizes.push(bytes) });
      createNodeSocket(loop, createQueuePair().reader);
      const [other] = [createQueuePair()];
      createNodeSocket(loop, other.reader, { onData: () => turns.push(sizes.length) });
      other.writer.send(1);
    }),
  );
  t.deepEqual([sizes.length, sizes[0], sizes.at(-1), turns], [41, chunk, 10, [32]]);
});

test("a paused stream takes 64 KiB into the process and leaves the rest to the kernel", (t) => {
  const { writer, reader, recvQ } = createQueuePair();
  const said = act(
    function* () {
      yield* write(writer, 500_000);
    },
    node((loop, say) => {
      const socket = createNodeSocket(loop, reader, { onData: (bytes) => say("data", bytes) });
      socket.pause();
      loop.setTimeout(() => say("paused with", socket.readableLength(), "the kernel holds", recvQ()), 1);
      loop.setTimeout(() => {
        socket.resume();
        say("resumes");
      }, 2);
      loop.setTimeout(() => say("paused with", socket.readableLength(), "the kernel holds", recvQ()), 3);
    }),
  );
  t.deepEqual(said, [
    "1 paused with 65536 the kernel holds 434464",
    "2 resumes",
    ...Array.from({ length: 7 }, () => "2 data 65536"),
    "2 data 41248",
    "3 paused with 0 the kernel holds 0",
  ]);
});

test("a paused stream of small messages keeps reading until its mark is reached", (t) => {
  const { writer, reader, recvQ } = createQueuePair();
  const said = act(
    node((loop, say) => {
      const socket = createNodeSocket(loop, reader, { highWaterMark: 16_384 });
      socket.pause();
      loop.setTimeout(() => say(socket.readableLength(), recvQ()), 50);
    }),
    function* (_, wait) {
      for (let count = 0; count < 30; count += 1) {
        yield* wait(1);
        yield* write(writer, 1000);
      }
    },
  );
  t.deepEqual(said, ["50 17000 13000"]);
});

test("the end of the stream is told after everything before it, also to a paused stream", (t) => {
  const { writer, reader } = createQueuePair();
  const said = act(
    node((loop, say) => {
      const socket = createNodeSocket(loop, reader, { onData: (bytes) => say(bytes), onEnd: () => say("end") });
      socket.pause();
      loop.setTimeout(socket.resume, 2);
    }),
    function* (_, wait) {
      yield* wait(1);
      yield* write(writer, 300);
      writer.shutdown();
    },
  );
  t.deepEqual(said, ["2 300", "2 end"]);
});

test("a reset is an error, not an end", (t) => {
  const { reset, reader } = createQueuePair();
  const said = act(
    node((loop, say) => {
      createNodeSocket(loop, reader, { onEnd: () => say("end"), onError: (error) => say("error", error) });
      loop.setTimeout(reset, 1);
    }),
  );
  t.deepEqual(said, ["1 error -104"]);
});

test("JavaScript that does not return leaves what comes meanwhile to the kernel, and timers late", (t) => {
  const { writer, reader, recvQ } = createQueuePair();
  const said = act(
    node((loop, say) => {
      createNodeSocket(loop, reader, { onData: (bytes) => say("data", bytes) });
      loop.setTimeout(() => loop.block(2), 1);
      loop.setTimeout(() => say("timer"), 1.5);
    }),
    function* (say, wait) {
      yield* wait(2);
      yield* write(writer, 100);
      yield* wait(0.5);
      say("the kernel holds", recvQ());
    },
  );
  t.deepEqual(said, ["2.5 the kernel holds 100", "3 data 100", "3 timer"]);
});
