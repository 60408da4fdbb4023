import cluster from "node:cluster";
import dgram from "node:dgram";
import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import tls from "node:tls";
import test, { type ExecutionContext } from "ava";
import { fdOf, readListener, readMemInfo, readQueues, readTcpInfo, type Target } from "../../src/kernel/index.js";

const opened = async <S extends net.Server>(t: ExecutionContext, server: S): Promise<{ server: S; port: number }> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => void server.close());
  const address = server.address();
  return { server, port: typeof address === "object" && address !== null ? address.port : 0 };
};
const idle = { length: 0, limit: 511, drops: 0 };

test.serial("a net server and its sockets, on both ends", async (t) => {
  const { server, port } = await opened(t, net.createServer());
  const client = net.connect(port, "127.0.0.1");
  t.teardown(() => client.destroy());
  const [accepted] = (await once(server, "connection")) as [net.Socket];
  t.teardown(() => accepted.destroy());
  t.deepEqual(readListener(server), idle);
  t.is(readListener(client), undefined);
  t.deepEqual([readTcpInfo(client)?.state, readTcpInfo(accepted)?.state], ["ESTAB", "ESTAB"]);
  t.deepEqual(readQueues(accepted), { recvQBytes: 0, sendQBytes: 0, notSentBytes: 0 });
  t.is(readQueues(server), undefined);
});

test.serial("an http server, its requests and responses", async (t) => {
  const { server, port } = await opened(t, http.createServer());
  const asked = http.get({ port, host: "127.0.0.1" });
  const [request, response] = (await once(server, "request")) as [http.IncomingMessage, http.ServerResponse];
  t.deepEqual(readListener(server), idle);
  t.is(readTcpInfo(request.socket)?.state, "ESTAB");
  response.end();
  await once(asked, "response");
  t.pass();
});

test.serial("an http2 server and both ends of a session", async (t) => {
  const { server, port } = await opened(t, http2.createServer() as unknown as net.Server);
  const client = http2.connect(`http://127.0.0.1:${port}`);
  const [[session]] = (await Promise.all([once(server, "session"), once(client, "connect")])) as [
    [http2.Http2Session],
    unknown,
  ];
  t.deepEqual(readListener(server), idle);
  t.deepEqual([readTcpInfo(client)?.state, readTcpInfo(session)?.state], ["ESTAB", "ESTAB"]);
  client.destroy();
  session.destroy();
  await once(client, "close");
  t.is(readTcpInfo(client), undefined);
});

test.serial("a TLS server and both ends of a connection", async (t) => {
  // A shared key, so that no certificate is needed.
  const psk = Buffer.alloc(32, 7);
  const suite = { ciphers: "PSK-AES256-GCM-SHA384", maxVersion: "TLSv1.2" } as const;
  const { server, port } = await opened(t, tls.createServer({ ...suite, pskCallback: () => psk }));
  const client = tls.connect({
    ...suite,
    port,
    host: "127.0.0.1",
    checkServerIdentity: () => undefined,
    pskCallback: () => ({ psk, identity: "test" }),
  });
  t.teardown(() => client.destroy());
  const [accepted] = (await once(server, "secureConnection")) as [tls.TLSSocket];
  t.teardown(() => accepted.destroy());
  t.deepEqual(readListener(server), idle);
  t.deepEqual([readTcpInfo(client)?.state, readTcpInfo(accepted)?.state], ["ESTAB", "ESTAB"]);
});

test.serial("a datagram socket, without a warning", async (t) => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on("warning", note);
  t.teardown(() => process.off("warning", note));
  const socket = dgram.createSocket("udp4");
  t.is(fdOf(socket), undefined);
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  t.true(readMemInfo(socket)!.rcvbuf! > 0);
  t.is(readTcpInfo(socket), undefined);
  t.is(readQueues(socket)?.recvQBytes, 0);
  socket.close();
  await once(socket, "close");
  t.is(fdOf(socket), undefined);
  await new Promise(setImmediate);
  t.deepEqual(warnings, []);
});

test.serial("a server that does not listen, a destroyed socket and a worker's server have no descriptor", (t) => {
  t.is(fdOf(net.createServer()), undefined);
  t.is(fdOf(new net.Socket().destroy()), undefined);
  // What a cluster worker's server has where the primary holds the socket: an object without a descriptor.
  t.true(cluster.isPrimary);
  t.is(fdOf({ _handle: { close: () => undefined } } as unknown as Target), undefined);
});

test.serial("anything else is a TypeError that names the argument", (t) => {
  for (const [wrong, said] of [
    ["3000", "3000"],
    [-1, "-1"],
    [1.5, "1.5"],
    [null, "null"],
    [undefined, "undefined"],
    [{}, "Object"],
  ] as const) {
    const error = t.throws(() => fdOf(wrong as unknown as Target), { instanceOf: TypeError });
    t.true(error.message.startsWith("target: ") && error.message.endsWith(`not ${said}`), error.message);
  }
});
