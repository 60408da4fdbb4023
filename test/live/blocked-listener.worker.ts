// Listens, says where, and does not turn its loop again until it is told: what connects stays in the queue.
import net from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { fdOf, registerLoop } from "../../src/kernel/index.js";

const server = net.createServer();
server.listen({ host: "127.0.0.1", port: 0, backlog: 7 }, () => {
  const loop = registerLoop();
  const address = server.address() as net.AddressInfo;
  parentPort?.postMessage({ fd: fdOf(server), port: address.port, loop });
  Atomics.wait(workerData as Int32Array, 0, 0);
  process.exit(0);
});
