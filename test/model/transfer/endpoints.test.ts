// Pollers and readers on the ends of a modelled TCP connection, where the wake-ups come from segments and windows.
import test from "ava";
import { type Engine, toNanos, toSeconds } from "../../../src/model/engine.js";
import { type Process, sleep, spawn } from "../../../src/model/process.js";
import { view } from "../../../src/model/transfer/view.js";
import { createEpoll } from "../../../src/model/transfer/programs/epoll.js";
import { read } from "../../../src/model/transfer/programs/read.js";
import { write } from "../../../src/model/transfer/programs/write.js";
import type { TransferScenario } from "../../../src/model/transfer/scenario.js";
import { closeSocket, socketOf } from "../../../src/model/transfer/socket.js";
import type { StreamSocket } from "../../../src/model/transfer/stream-socket.js";
import type { Tcp } from "../../../src/model/transfer/tcp.js";
import { poll } from "../../../src/model/transfer/wait-queue.js";
import { createTransferWorld } from "../../../src/model/transfer/world.js";

interface Stage {
  readonly engine: Engine;
  readonly sender: StreamSocket;
  readonly receiver: StreamSocket;
  readonly ends: { readonly sender: Tcp; readonly receiver: Tcp };
  say(...words: unknown[]): void;
}
type Actor = (stage: Stage) => Process;

const act = (scenario: Partial<TransferScenario>, ...programs: readonly Actor[]): string[] => {
  const { engine, ends } = createTransferWorld({ kind: "transfer", sender: {}, receiver: {}, ...scenario }, () => {});
  const said: string[] = [];
  const stage: Stage = {
    engine,
    ends,
    sender: socketOf(ends.sender),
    receiver: socketOf(ends.receiver),
    say: (...words) => {
      said.push(`${Math.floor(toSeconds(engine.now()))} ${words.join(" ")}`);
    },
  };
  for (const program of programs) spawn(engine, program(stage));
  engine.runUntil(toNanos(30));
  return said;
};

const veth = { path: { device: "veth" } } as const;

test("an edge-triggered reader is told of each of three arrivals, although it reads nothing", (t) => {
  const said = act(
    veth,
    function* ({ engine, receiver, say }) {
      const epoll = createEpoll(engine);
      epoll.set(receiver, poll.in, { edge: true });
      for (;;) {
        yield* epoll.wait();
        say("told", receiver.available());
      }
    },
    function* ({ engine, sender }) {
      for (let count = 0; count < 3; count += 1) {
        yield* sleep(engine, 1);
        yield* write(sender, 10);
      }
    },
  );
  t.deepEqual(said, ["1 told 10", "2 told 20", "3 told 30"]);
});

test("an edge-triggered writer is told when it found no space and a third of the send buffer is free again", (t) => {
  const shares: number[] = [];
  const said = act(
    { ...veth, sender: { sndbuf: 425_984 }, receiver: { rcvbuf: 425_984 } },
    function* ({ engine, sender, ends, say }) {
      const epoll = createEpoll(engine);
      epoll.set(sender, poll.out, { edge: true });
      for (;;) {
        yield* epoll.wait();
        const { wmemQueued, sndbuf } = view(ends.sender);
        shares.push(wmemQueued / sndbuf);
        // The first time it writes until it is refused, later it takes note only.
        if (shares.length > 1) say("told");
        while (shares.length === 1 && (yield* write(sender, 65_536, { nonblocking: true })) > 0);
      }
    },
    function* ({ engine, receiver }) {
      yield* sleep(engine, 5);
      while ((yield* read(receiver, 10_000, { nonblocking: true })) > 0) yield* sleep(engine, 0.1);
    },
  );
  // The last look is the one that the arrival of acknowledgements allowed: at most two thirds are in use.
  t.true(said.length >= 1);
  t.true((shares[1] ?? 1) <= 2 / 3, `${shares[1]} of the send buffer is in use`);
  t.true((shares[1] ?? 0) > 0.3);
});

test("a small write works between full and two thirds, although poll says no", (t) => {
  const seen: string[] = [];
  act(
    { ...veth, sender: { sndbuf: 425_984 }, receiver: { rcvbuf: 425_984 } },
    function* ({ engine, sender }) {
      while ((yield* write(sender, 65_536, { nonblocking: true })) > 0);
      // What is acknowledged late makes room once more.
      yield* sleep(engine, 0.5);
      while ((yield* write(sender, 65_536, { nonblocking: true })) > 0);
    },
    function* ({ engine, sender, receiver, ends }) {
      yield* sleep(engine, 1);
      for (let count = 0; count < 2000; count += 1) {
        yield* read(receiver, 2000, { nonblocking: true });
        yield* sleep(engine, 0.005);
        const share = view(ends.sender).wmemQueued / view(ends.sender).sndbuf;
        if (share > 0.7 && share < 0.99) {
          const writable = (sender.poll() & poll.out) !== 0;
          seen.push(`${writable} ${yield* write(sender, 10, { nonblocking: true })}`);
          return;
        }
      }
    },
  );
  t.deepEqual(seen, ["false 10"]);
});

test("three readers asleep on one connection: the last come reads first, then those who queued again", (t) => {
  const named = (name: string): Actor =>
    function* ({ receiver, say }) {
      say(name, yield* read(receiver, 100));
    };
  const said = act(veth, named("first"), named("second"), named("third"), function* ({ engine, sender }) {
    for (let count = 0; count < 3; count += 1) {
      yield* sleep(engine, 1);
      yield* write(sender, 10);
    }
  });
  t.deepEqual(said, ["1 third 10", "2 first 10", "3 second 10"]);
});

test("the peer's close ends the stream after its last bytes, and a close with unread bytes resets it", (t) => {
  const said = act(
    veth,
    function* ({ receiver, say }) {
      for (let bytes = 1; bytes > 0; ) {
        bytes = yield* read(receiver, 100);
        say("read", bytes);
      }
    },
    function* ({ engine, sender, receiver, ends, say }) {
      yield* sleep(engine, 1);
      yield* write(sender, 150);
      yield* write(receiver, 7);
      yield* sleep(engine, 1);
      // Seven bytes lie unread.
      closeSocket(ends.sender);
      yield* sleep(engine, 1);
      say("write", yield* write(receiver, 1));
    },
  );
  t.deepEqual(said, ["1 read 100", "1 read 50", "2 read -104", "3 write -32"]);
});

test("a writer asleep on a full connection is told when the peer resets it", (t) => {
  const said = act(
    veth,
    function* ({ sender, say }) {
      const taken = yield* write(sender, 1e8);
      say("wrote a part", taken > 0 && taken < 1e8);
      say("then", yield* write(sender, 1));
    },
    function* ({ engine, ends }) {
      yield* sleep(engine, 3);
      closeSocket(ends.receiver);
    },
  );
  t.deepEqual(said, ["3 wrote a part true", "3 then -104"]);
});
