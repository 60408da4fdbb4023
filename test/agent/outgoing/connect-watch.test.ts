import { once } from "node:events";
import { createServer, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import {
  type ConnectsHeard,
  type ConnectWatchOptions,
  createConnectWatch,
} from "../../../src/agent/outgoing/connect-watch.js";
import { eventually } from "../../lab/eventually.js";

const watched = (options: Partial<ConnectWatchOptions> = {}) => {
  const heard: ConnectsHeard[] = [];
  return { heard, watch: createConnectWatch({ times: false, tell: (one) => void heard.push(one), ...options }) };
};
const closedPort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
};
const fails = async (connect: (socket: Socket) => void): Promise<void> => {
  const socket = new Socket();
  connect(socket);
  await new Promise<void>((resolve) => socket.once("error", () => resolve()));
};

test.serial("refusals are heard, of TCP and of unix sockets, together and soon", async (t) => {
  const { heard, watch } = watched();
  watch.listen(60_000);
  const port = await closedPort();
  await fails((socket) => socket.connect(port, "127.0.0.1"));
  await fails((socket) => socket.connect({ port, host: "127.0.0.1" }));
  await eventually("both", () => heard.at(-1)?.failures[0]?.count === 2);
  t.deepEqual(heard.at(-1), {
    failures: [{ code: "ECONNREFUSED", address: "127.0.0.1", port, count: 2 }],
    times: undefined,
  });
  t.true(heard.length <= 2);
  watch.stop();
});

test.serial("connects that come about are timed, on request", async (t) => {
  const { heard, watch } = watched({ times: true });
  watch.listen(Number.POSITIVE_INFINITY);
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const socket = new Socket().connect(port, "127.0.0.1");
  await once(socket, "connect");
  await eventually("the time", () => heard.length > 0);
  t.like(heard.at(-1)?.times?.[0], { address: "127.0.0.1", port, count: 1 });
  t.deepEqual(heard.at(-1)?.failures, []);
  socket.destroy();
  server.close();
  watch.stop();
});

test.serial("nothing is patched before it is asked, after it is stopped, and when the time is up", async (t) => {
  const connect = Reflect.get(Socket.prototype, "connect");
  const { heard, watch } = watched();
  t.is(Reflect.get(Socket.prototype, "connect"), connect);
  watch.listen(60_000);
  t.not(Reflect.get(Socket.prototype, "connect"), connect);
  watch.stop();
  t.is(Reflect.get(Socket.prototype, "connect"), connect);

  const brief = watched();
  brief.watch.listen(-1);
  // The next connect finds that nobody listens any more.
  await fails((socket) => socket.connect(join(tmpdir(), "nobody-is-here.sock")));
  t.is(Reflect.get(Socket.prototype, "connect"), connect);
  t.deepEqual([heard, brief.heard], [[], []]);
});

test.serial("a patch that came after ours stays", (t) => {
  const connect = Reflect.get(Socket.prototype, "connect");
  const { watch } = watched();
  watch.listen(60_000);
  const theirs = (): Socket => new Socket();
  Object.assign(Socket.prototype, { connect: theirs });
  watch.stop();
  t.is(Reflect.get(Socket.prototype, "connect"), theirs);
  Object.assign(Socket.prototype, { connect });
});
