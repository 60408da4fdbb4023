// How real connections of a Node server end, as the kernel tells it, held against what was done to them.
import { once } from "node:events";
import { createServer, type AddressInfo, connect, type Socket } from "node:net";
import test from "ava";
import { openCloseEvents } from "../../src/kernel/close-events.js";
import { eventually } from "../lab/eventually.js";

const possible = process.platform === "linux";
const linuxTest = possible ? test.serial : test.serial.skip;

interface Ended {
  readonly localPort: number;
  readonly unread: number;
  readonly received: number;
  readonly family: string;
}

for (const host of ["127.0.0.1", "::1"])
  linuxTest(`connections of a server at ${host} are told as they end, those of another port are not`, async (t) => {
    const held: Socket[] = [];
    const server = createServer({ pauseOnConnect: true }, (socket) => held.push(socket)).listen(0, host);
    const other = createServer((socket) => socket.destroy()).listen(0, host);
    await Promise.all([once(server, "listening"), once(other, "listening")]);
    const portOf = (one: typeof server): number => (one.address() as AddressInfo).port;
    const events = openCloseEvents([portOf(server)]);
    if (events instanceof Error) return t.fail(events.message);
    t.teardown(() => {
      events.close();
      server.close();
      other.close();
    });
    const ended: Ended[] = [];
    const endedNow = (): number => {
      events.read(({ localPort, rqueue, tcpInfo, family }) => {
        ended.push({ localPort, unread: rqueue, received: Number(tcpInfo?.bytesReceived), family });
      }, 100);
      return ended.length;
    };
    const call = (port: number): Socket => connect(port, host).on("error", () => {});

    call(portOf(other));
    const clients = [call(portOf(server)), call(portOf(server))];
    await eventually("both accepted", () => held.length === 2);
    clients[0]!.write("a".repeat(333));
    const client = clients[0]!;
    await eventually("333 bytes sent", () => client.bytesWritten === 333 && client.writableLength === 0);
    const unread = held.find(({ remotePort }) => remotePort === client.localPort)!;
    unread.destroy();
    await eventually("its end", () => endedNow() === 1);
    for (const socket of [...held, ...clients]) socket.destroy();
    await eventually("the other's end", () => endedNow() === 2);
    const family = host === "::1" ? "ipv6" : "ipv4";
    t.deepEqual(ended[0], { localPort: portOf(server), unread: 333, received: 333, family });
    t.like(ended[1], { localPort: portOf(server), family });
    t.is(events.lost, 0);
  });
