// One connection read by its descriptor and by sock_diag: the same figures, in the shared vocabulary.
import { once } from "node:events";
import net from "node:net";
import test from "ava";
import { connectionOf, connectionOfDiag, fdOf, openDiag, readSockets } from "../../src/kernel/index.js";

const all = [
  "cookieBefore",
  "tcpInfo",
  "memInfo",
  "recvQ",
  "sendQ",
  "type",
  "domain",
  "local",
  "remote",
  "inode",
  "cookie",
] as const;

for (const [family, address] of [
  ["ipv4", "127.0.0.1"],
  ["ipv6", "::1"],
] as const)
  test.serial(`both ways of reading a connection agree, ${family}`, async (t) => {
    const server = net.createServer({ pauseOnConnect: true }).listen(0, address);
    await once(server, "listening");
    const { port } = server.address() as net.AddressInfo;
    const client = net.connect(port, address);
    const [accepted] = (await once(server, "connection")) as [net.Socket];
    t.teardown(() => {
      client.destroy();
      accepted.destroy();
      server.close();
    });
    await new Promise<void>((done) => client.write("hello", () => done()));
    const mine = connectionOf(readSockets([accepted], { readings: all }).row(0))!;
    const told = openDiag()!.get({
      localAddress: address,
      localPort: port,
      remoteAddress: address,
      remotePort: client.localPort!,
    });
    const theirs = connectionOfDiag(told!);
    t.like(mine, {
      transport: "tcp",
      family,
      fd: fdOf(accepted),
      pid: process.pid,
      state: "ESTAB",
      localAddress: address,
      localPort: port,
      remotePort: client.localPort,
      recvQBytes: 5,
      sendQBytes: 0,
    });
    for (const name of ["cookie", "family", "inode", "state", "localAddress", "localPort", "remotePort"] as const)
      t.is(theirs[name], mine[name], name);
    t.deepEqual([theirs.recvQBytes, theirs.sendQBytes], [5, 0]);
    t.deepEqual(theirs.mem, mine.mem);
    t.is(theirs.tcp?.bytesReceived, 5);
    t.is(typeof theirs.congestion, "string");
  });

test.serial("a datagram socket and a closed descriptor", async (t) => {
  const { createSocket } = await import("node:dgram");
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const fd = fdOf(socket)!;
  const read = () => connectionOf(readSockets([fd], { readings: all }).row(0));
  t.like(read(), { transport: "udp", localPort: socket.address().port, remotePort: undefined, tcp: undefined });
  socket.close();
  await once(socket, "close");
  t.is(read(), undefined);
});
