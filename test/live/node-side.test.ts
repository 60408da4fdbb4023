// Questions to the main thread about sockets: found by descriptor, told from others by the cookie, asked seldom.
import { once } from "node:events";
import net from "node:net";
import test, { type ExecutionContext } from "ava";
import { createAnswerer } from "../../src/agent/node-side/answerer.js";
import { framesOf, watchOrigins } from "../../src/agent/node-side/origins.js";
import { fdOf, readSockets } from "../../src/kernel/index.js";
import { connectedPair } from "../lab/connected-pair.js";
import { packageRoot } from "../package-root.js";

const cookieOf = (fd: number): bigint => readSockets([fd], { readings: ["cookie"] }).row(0).cookie!;
const asked = (socket: net.Socket): { fd: number; cookie: bigint } => ({
  fd: fdOf(socket)!,
  cookie: cookieOf(fdOf(socket)!),
});

/** A clock that the test moves on. */
const clock = () => {
  let at = 0;
  return {
    now: () => at,
    pass: (ms: number) => {
      at += ms;
    },
  };
};

test.serial("the sockets of these descriptors are found, each with its own answer", async (t) => {
  const [client, accepted] = await connectedPair(t);
  accepted.pause();
  client.cork();
  client.write("held");
  const { now } = clock();
  const answers = createAnswerer({ now })([asked(accepted), asked(client)]);
  t.deepEqual(
    answers.map(({ cookie }) => cookie),
    [asked(accepted).cookie, asked(client).cookie],
  );
  t.like(answers[0]?.node, { readableFlowing: false, writableLength: 0 });
  t.like(answers[1]?.node, { reading: true, writableLength: 4 });
});

test.serial("a descriptor that another socket has now is not answered for", async (t) => {
  const [client, accepted] = await connectedPair(t);
  const { now, pass } = clock();
  const answer = createAnswerer({ now });
  const question = asked(accepted);
  t.is(answer([question]).length, 1);
  const closed = once(accepted, "close");
  client.destroy();
  accepted.destroy();
  await closed;
  // The lowest free descriptor is given out next.
  const again: net.Socket[] = [];
  while (!again.some((socket) => fdOf(socket) === question.fd)) again.push(...(await connectedPair(t)));
  pass(60_000);
  t.deepEqual(answer([question]), []);
  pass(60_000);
  const heir = again.find((socket) => fdOf(socket) === question.fd)!;
  t.deepEqual(
    answer([asked(heir)]).map(({ cookie }) => cookie),
    [asked(heir).cookie],
  );
});

test.serial(
  "sockets that are no net.Sockets, or hidden by unref(), have no answer, and listing is not tried again",
  async (t) => {
    const [client, accepted] = await connectedPair(t);
    accepted.unref();
    const { now, pass } = clock();
    const answer = createAnswerer({ now });
    const calls = countListings(t);
    const questions = [asked(accepted), { fd: 0, cookie: 1n }, { fd: 65_000, cookie: 2n }];
    t.deepEqual(answer([...questions, asked(client)]).length, 1);
    for (let n = 0; n < 5; n += 1) {
      pass(1000);
      t.is(answer([...questions, asked(client)]).length, 1);
    }
    t.is(calls(), 1);
    pass(10_000);
    answer(questions);
    t.is(calls(), 2);
  },
);

test.serial("questions that come faster than five a second, or about more than twenty sockets, are cut", async (t) => {
  const [client] = await connectedPair(t);
  const { now, pass } = clock();
  const answer = createAnswerer({ now });
  t.is(answer([asked(client)]).length, 1);
  pass(100);
  t.is(answer([asked(client)]).length, 0);
  pass(100);
  t.is(answer(Array.from({ length: 50 }, () => asked(client))).length, 20);
});

const countListings = (t: ExecutionContext): (() => number) => {
  const original: unknown = Reflect.get(process, "_getActiveHandles");
  let calls = 0;
  Reflect.set(process, "_getActiveHandles", () => {
    calls += 1;
    return Reflect.apply(original as () => unknown[], process, []);
  });
  t.teardown(() => void Reflect.set(process, "_getActiveHandles", original));
  return () => calls;
};

test.serial("with detail, a client's socket knows where it was made, and any socket where it was paused", async (t) => {
  const origins = watchOrigins();
  t.teardown(() => origins.stop());
  const [client, accepted] = await connectedPair(t);
  const stopReading = (): void => void accepted.pause();
  stopReading();
  t.regex(origins.of(client).stack?.[0] ?? "", /^connectedPair \(.*\/test\/lab\/connected-pair\.[jt]s:\d+:\d+\)$/);
  t.is(origins.of(client).pausedAt, undefined);
  t.is(origins.of(accepted).stack, undefined);
  t.regex(origins.of(accepted).pausedAt?.[0] ?? "", /^stopReading \(.*\/test\/live\/node-side\.test\.[jt]s:\d+:\d+\)$/);
  t.true(accepted.isPaused());
});

test.serial("beyond a thousand stacks a second the place is unknown, not an old one", async (t) => {
  const { now, pass } = clock();
  const origins = watchOrigins(now);
  t.teardown(() => origins.stop());
  const [, accepted] = await connectedPair(t);
  for (let n = 0; n < 900; n += 1) accepted.pause();
  t.truthy(origins.of(accepted).pausedAt);
  for (let n = 0; n < 200; n += 1) accepted.pause();
  t.is(origins.of(accepted).pausedAt, undefined);
  pass(1000);
  accepted.pause();
  t.truthy(origins.of(accepted).pausedAt);
});

test.serial("the hooks are gone after stop, and a later patch of somebody else's stays", (t) => {
  const before = Object.getOwnPropertyDescriptor(net.Socket.prototype, "pause");
  const origins = watchOrigins();
  t.not(net.Socket.prototype.pause, before?.value);
  t.is(net.Socket.prototype.pause.name, "pause");
  origins.stop();
  t.deepEqual(Object.getOwnPropertyDescriptor(net.Socket.prototype, "pause"), before);
});

test("frames are those of the application, named", (t) => {
  t.deepEqual(
    framesOf(
      [
        "Error: sockscope",
        "    at connect (node:net:242:28)",
        `    at Socket.connect (${packageRoot}/src/agent/outgoing/connect-watch.ts:87:24)`,
        "    at Pool.open (/app/pool.js:12:9)",
        "    at async file:///app/main.mjs:3:1",
        "    at /app/anonymous.js:1:2",
        "    at new Client (file:///app/client.mjs:7:20)",
        "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
      ].join("\n"),
    ),
    [
      "Pool.open (/app/pool.js:12:9)",
      "<anonymous> (/app/main.mjs:3:1)",
      "<anonymous> (/app/anonymous.js:1:2)",
      "new Client (/app/client.mjs:7:20)",
    ],
  );
});
