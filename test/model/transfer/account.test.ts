// What explain() says that write(2) would take, held against what it takes in the model a moment later.
import test from "ava";
import { accountOf } from "../../../src/explain/connections/account.js";
import { createRandom, toNanos } from "../../../src/model/engine.js";
import { read } from "../../../src/model/transfer/programs/read.js";
import { write } from "../../../src/model/transfer/programs/write.js";
import { sleep, spawn } from "../../../src/model/process.js";
import { sendMessage } from "../../../src/model/transfer/send.js";
import { socketOf } from "../../../src/model/transfer/socket.js";
import { view } from "../../../src/model/transfer/view.js";
import { createTransferWorld } from "../../../src/model/transfer/world.js";
import { sizeGoalOf } from "../../../src/model/transfer/write-room.js";

for (let seed = 1; seed <= 20; seed += 1)
  test(`a write at a random moment of transfer ${seed} takes what was said, to what one segment gathers`, (t) => {
    const random = createRandom(seed);
    const pick = (...values: readonly number[]): number => values[Math.floor(random() * values.length)]!;
    const sndbuf = pick(65_536, 131_072, 425_984, 2_097_152);
    const chunk = pick(1000, 10_000, 100_000);
    const { engine, ends } = createTransferWorld(
      {
        kind: "transfer",
        path: { device: "wire", rtt: 0.04 },
        sender: { sndbuf },
        receiver: { rcvbuf: pick(65_536, 262_144) },
        seed,
      },
      () => {},
    );
    const [sender, receiver] = [socketOf(ends.sender), socketOf(ends.receiver)];
    spawn(
      engine,
      (function* () {
        for (;;) {
          yield* write(sender, chunk);
          yield* sleep(engine, 0.02);
        }
      })(),
    );
    spawn(
      engine,
      (function* () {
        for (;;) {
          yield* sleep(engine, 0.1);
          yield* read(receiver, chunk);
        }
      })(),
    );
    engine.runUntil(toNanos(0.05 + random()));
    const now = view(ends.sender);
    const { write: said } = accountOf({
      cookie: 1n,
      transport: "tcp",
      state: "ESTAB",
      sendQBytes: now.sendQ,
      notSentBytes: now.notSent,
      mem: { sndbuf: now.sndbuf, wmemQueued: now.wmemQueued },
      tcp: { sndMssBytes: now.sndMss, sndWndBytes: ends.sender.maxWindow, unacked: now.unacked },
    });
    const taken = sendMessage(ends.sender, 10_000_000);
    t.is(said.outcome, taken === 0 ? "would-block" : "short");
    const goal = sizeGoalOf({ maxWindow: ends.sender.maxWindow, mss: now.sndMss });
    t.true(Math.abs(taken - said.bytes!) <= goal, `${said.bytes} said, ${taken} taken`);
  });
