// Opens and closes connections and listeners at full speed while a thread reads every descriptor at full speed. Prints
// what was credited to whom, and how long anything lived after it was closed.
import { once } from "node:events";
import net, { type AddressInfo, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { join } from "node:path";
import { readSockets, readTcpInfo } from "../../../src/kernel/index.js";

const [connections, rebinds] = process.argv.slice(2).map(Number) as [number, number];

interface Truth {
  readonly remotePort: number;
  readonly bytes: number;
}

const control = new Int32Array(new SharedArrayBuffer(8));
const truth = new Map<bigint, Truth>();
let longestMs = 0;

/** From close(2) until the peer has the FIN: on loopback the same system call brings it. */
const peerHears = (peer: Socket): void => {
  const closedAt = performance.now();
  while (readTcpInfo(peer)?.state === "ESTAB");
  longestMs = Math.max(longestMs, performance.now() - closedAt);
};

const connection = async (server: net.Server, bytes: number): Promise<void> => {
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const client = net.connect({ port, host: "127.0.0.1" }).on("error", () => undefined);
  const [socket] = await accepted;
  if (!client.localPort) await once(client, "connect");
  const [row] = readSockets([socket], { readings: ["cookie"] });
  truth.set(row!.cookie!, { remotePort: client.localPort!, bytes });
  client.write(Buffer.alloc(bytes));
  await once(socket, "data");
  socket.destroy();
  peerHears(client);
  client.destroy();
};

const listenAt = async (port: number): Promise<net.Server | undefined> => {
  const server = net.createServer().listen(port);
  const error = await new Promise<Error | undefined>((resolve) => {
    server.once("error", resolve).once("listening", () => resolve(undefined));
  });
  return error ? undefined : server;
};

/** A system call that reads a socket while another thread closes it ends first (fs/file.c fdget), and that look with it. */
const lookIsOver = (): void => {
  const looks = Atomics.load(control, 1);
  while (Atomics.load(control, 1) <= looks + 1);
};

/** Ports that could not be bound again at once, and those of them that the reader still held after its look. */
const rebind = async (): Promise<{ readonly refused: number; readonly held: number }> => {
  let [refused, held, port] = [0, 0, 0];
  for (let n = 0; n < rebinds; n += 1) {
    let server = await listenAt(port);
    if (!server) {
      refused += 1;
      lookIsOver();
      server = await listenAt(port);
    }
    if (!server) held += 1;
    else ({ port } = server.address() as AddressInfo);
    server?.close();
  }
  return { refused, held };
};

const main = async (): Promise<void> => {
  const worker = new Worker(join(__dirname, "fd-reader.worker.js"), { workerData: control.buffer });
  await once(worker, "message");
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  for (let n = 0; n < connections; n += 1) await connection(server, 1000 + 2 * n);
  const rebound = await rebind();
  server.close();
  const told = once(worker, "message");
  Atomics.store(control, 0, 1);
  const [{ rows, reused, seen }] = (await told) as [{ rows: number; reused: number; seen: [bigint, string[]][] }];
  const own = seen.filter(([cookie]) => truth.has(cookie));
  const wrong = own.flatMap(([cookie, pairs]) => {
    const { remotePort, bytes } = truth.get(cookie)!;
    // Nothing has come, all has come, the FIN has come, too.
    const right = new Set([0, bytes, bytes + 1].map((received) => `${remotePort} ${received}`));
    return pairs.filter((pair) => !right.has(pair)).map((pair) => `${pair}, not ${remotePort} ${bytes}`);
  });
  const figures = { rows, reused, sockets: own.length, looks: control[1], longestMs };
  process.stdout.write(JSON.stringify({ ...figures, ...rebound, wrong: wrong.slice(0, 10) }));
};
void main();
