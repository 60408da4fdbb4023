// What Node's stream says of a socket: paused, flowing, corked, ended, over TLS, under http and http2.
import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import tls from "node:tls";
import test, { type ExecutionContext } from "ava";
import { nodeSideOf } from "../../src/agent/node-side/node-side-of.js";
import { connectedPair, much } from "../lab/connected-pair.js";
import { eventually } from "../lab/eventually.js";

const opened = async (t: ExecutionContext, server: net.Server): Promise<number> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => void server.close());
  return (server.address() as net.AddressInfo).port;
};
const client = (t: ExecutionContext, port: number): net.Socket => {
  const socket = net.connect(port, "127.0.0.1").on("error", () => undefined);
  t.teardown(() => void socket.destroy());
  return socket;
};

test("a flowing socket holds nothing and reads", async (t) => {
  const [socket, accepted] = await connectedPair(t);
  accepted.resume();
  accepted.setTimeout(30_000);
  socket.write("hello");
  await once(accepted, "data");
  t.deepEqual(nodeSideOf(accepted), {
    writableLength: 0,
    writableHighWaterMark: accepted.writableHighWaterMark,
    writableNeedDrain: false,
    readableLength: 0,
    readableHighWaterMark: accepted.readableHighWaterMark,
    readableFlowing: true,
    reading: true,
    readBytes: 5,
    takenBytes: 0,
    noDelay: false,
    allowHalfOpen: false,
    timeoutMs: 30_000,
    keepAliveTimeoutMs: undefined,
  });
});

test("a paused socket fills to its mark and stops reading; its peer holds what the kernel does not take", async (t) => {
  const [socket, accepted] = await connectedPair(t);
  accepted.pause();
  socket.write(much);
  const read = await eventually("stopped", () =>
    nodeSideOf(accepted).reading === false ? nodeSideOf(accepted) : false,
  );
  t.false(read.readableFlowing);
  t.true(read.readableLength! >= accepted.readableHighWaterMark);
  const sent = nodeSideOf(socket);
  t.like(sent, { writableLength: much.length, writableNeedDrain: true });
  t.true(sent.takenBytes! > 0 && sent.takenBytes! < much.length);
  t.true(read.readBytes! >= read.readableLength! && read.readBytes! <= sent.takenBytes!);
});

test("a socket on which nobody reads yet, and one that is read by 'readable'", async (t) => {
  const [socket, accepted] = await connectedPair(t);
  socket.write("hello");
  await eventually("buffered", () => nodeSideOf(accepted).readableLength === 5);
  t.like(nodeSideOf(accepted), { readableFlowing: null, reading: true });
  accepted.on("readable", () => void accepted.read());
  await eventually("taken", () => nodeSideOf(accepted).readableLength === 0);
  t.like(nodeSideOf(accepted), { readableFlowing: false, reading: true });
});

test("a socket that is paused as it is accepted", async (t) => {
  const [, accepted] = await connectedPair(t, net.createServer({ pauseOnConnect: true }));
  t.like(nodeSideOf(accepted), { readableFlowing: false, reading: false });
});

test("a corked socket holds its writes, without Nagle's rule, half-open", async (t) => {
  const [, accepted] = await connectedPair(t, net.createServer({ allowHalfOpen: true, noDelay: true }));
  accepted.cork();
  accepted.write("held");
  t.like(nodeSideOf(accepted), { writableLength: 4, noDelay: true, allowHalfOpen: true });
});

test("an ended and a destroyed socket", async (t) => {
  const [socket, accepted] = await connectedPair(t);
  socket.end("bye");
  await once(accepted.resume(), "close");
  t.like(nodeSideOf(accepted), { writableLength: 0, readableLength: 0, reading: undefined });
});

test("TLS: the upper socket's own buffers, and the lower one's queue where only that is at hand", async (t) => {
  const psk = Buffer.alloc(32, 7);
  const suite = { ciphers: "PSK-AES256-GCM-SHA384", maxVersion: "TLSv1.2" } as const;
  const server = tls.createServer({ ...suite, pskCallback: () => psk });
  const port = await opened(t, server);
  const lower = once(server, "connection") as Promise<[net.Socket]>;
  const socket = tls.connect({
    ...suite,
    port,
    host: "127.0.0.1",
    checkServerIdentity: () => undefined,
    pskCallback: () => ({ psk, identity: "test" }),
  });
  const [accepted] = (await once(server, "secureConnection")) as [tls.TLSSocket];
  t.teardown(() => {
    socket.destroy();
    accepted.destroy();
  });
  accepted.pause();
  socket.pause();
  socket.write(much);
  accepted.write(much);
  await eventually("stopped", () => nodeSideOf(accepted).reading === false && nodeSideOf(socket).reading === false);
  const upper = nodeSideOf(accepted);
  t.like(upper, { readableFlowing: false, reading: false });
  t.true(upper.writableLength! >= much.length && upper.readableLength! > 0);
  const [raw] = await lower;
  const below = nodeSideOf(raw);
  t.like(below, { readableFlowing: undefined, reading: false, readableLength: undefined });
  t.true(below.writableLength! > 1e6 && below.writableLength! < 1.1 * much.length);
});

test("http: the server's keep-alive timeout, and the response's bytes", async (t) => {
  const server = http.createServer({ keepAliveTimeout: 7000 });
  const port = await opened(t, server);
  const asked = client(t, port);
  asked.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const [request, response] = (await once(server, "request")) as [http.IncomingMessage, http.ServerResponse];
  t.teardown(() => void response.socket?.destroy());
  response.write(much);
  t.like(nodeSideOf(request.socket), { keepAliveTimeoutMs: 7000, noDelay: true });
  for (const held of [request.socket, request, response])
    await eventually("held", () => nodeSideOf(held).writableLength! > 1e6);
});

test("http2: what the streams of a session hold counts", async (t) => {
  const server = http2.createServer();
  const port = await opened(t, server);
  const session = http2.connect(`http://127.0.0.1:${port}`).on("error", () => undefined);
  const asked = session.request({ ":path": "/" });
  asked.pause();
  const [stream] = (await once(server, "stream")) as [http2.ServerHttp2Stream];
  stream.on("error", () => undefined).respond();
  stream.write(much);
  t.true(nodeSideOf(stream).writableLength! >= much.length);
  t.true(nodeSideOf(stream.session).writableLength! >= much.length);
  t.is(nodeSideOf(stream.session).reading, true);
  const ended = once(session, "close");
  session.destroy();
  await ended;
});

test("nothing of the application's runs, and nothing throws, whatever is given", (t) => {
  const calls: string[] = [];
  class Foreign extends net.Socket {}
  for (const name of ["writableLength", "readableFlowing"])
    Object.defineProperty(Foreign.prototype, name, {
      get: () => {
        calls.push(name);
        throw new Error("looked at");
      },
    });
  t.like(nodeSideOf(new Foreign()), { writableLength: 0, writableNeedDrain: false });
  const trap = new Proxy(
    {},
    {
      get: () => calls.push("get"),
      getOwnPropertyDescriptor: () => {
        throw new Error("no");
      },
    },
  );
  for (const given of [undefined, null, 3, "x", {}, Object.create(null), trap, { _handle: trap }, { socket: 3 }])
    t.notThrows(() => nodeSideOf(given));
  t.deepEqual(
    calls.filter((call) => call !== "get"),
    [],
  );
});
