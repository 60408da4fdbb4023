// Clients of 127.0.0.1 that connect and wait; told so, one asks for a flood and does not read it.
import { once } from "node:events";
import net from "node:net";

const [port, count] = process.argv.slice(2).map(Number) as [number, number];
const abreast = 100;
const sockets: net.Socket[] = [];

/** Ports of one local address would not do for many connections beside those of other tests. */
const connect = async (n: number): Promise<void> => {
  const socket = net.connect({ port, host: "127.0.0.1", localAddress: `127.0.1.${1 + (n % 4)}` });
  await once(socket, "connect");
  sockets.push(socket);
};

const connectAll = async (): Promise<void> => {
  for (let n = 0; n < count; n += abreast)
    await Promise.all(Array.from({ length: Math.min(abreast, count - n) }, (_, i) => connect(n + i)));
  process.send?.({ kind: "connected" });
};

process.on("message", ({ kind }: { kind: string }) => {
  const socket = sockets[Math.floor(sockets.length / 2)]!;
  if (kind === "read") return socket.resume();
  // Not flowing and nobody listening: what is not read stays in the kernel.
  socket.pause();
  socket.write("flood", () => process.send?.({ kind: "stalled", time: Date.now() }));
});
process.on("disconnect", () => process.exit());
void connectAll();
