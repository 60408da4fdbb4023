// The two ends of a TCP connection over loopback, both in this process.
import { once } from "node:events";
import net from "node:net";
import type { ExecutionContext } from "ava";

/** Above what any send buffer and receive window of loopback hold. */
export const much: Buffer = Buffer.alloc(16e6);

/** `[client, accepted]`; both, and the server, are closed with the test. */
export const connectedPair = async (
  t: ExecutionContext,
  server: net.Server = net.createServer(),
): Promise<[net.Socket, net.Socket]> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1").on("error", () => undefined);
  const [[accepted]] = (await Promise.all([once(server, "connection"), once(client, "connect")])) as [
    [net.Socket],
    unknown,
  ];
  accepted.on("error", () => undefined);
  t.teardown(() => {
    client.destroy();
    accepted.destroy();
    server.close();
  });
  return [client, accepted];
};
