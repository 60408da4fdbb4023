// Opens many connections at once while the server is busy: `node examples/storm.mjs [PORT|PATH] [CONNECTIONS] [BLOCK_MS]`.
// First asks the server to block its event loop (GET /rebuild), then connects; ends by itself after 10 s at most.
import { get } from "node:http";
import { connect } from "node:net";

const [where = "3000", connections = "200", block = "2000"] = process.argv.slice(2);
const target = /^\d+$/.test(where) ? { port: Number(where), host: "127.0.0.1" } : { path: where };
const http = target.path ? { socketPath: target.path } : target;

const rebuild = get({ ...http, path: `/rebuild?ms=${block}` }, (response) => response.resume());
rebuild.on("error", (error) => console.error(`GET /rebuild: ${error.message}`));
await new Promise((started) => rebuild.on("socket", (socket) => socket.on("connect", () => setTimeout(started, 100))));

const outcome = { connected: 0, failed: 0 };
const sockets = Array.from({ length: Number(connections) }, () => {
  const socket = connect(target);
  socket.on("connect", () => (outcome.connected += 1));
  socket.on("error", () => (outcome.failed += 1));
  return socket;
});
const settled = () => outcome.connected + outcome.failed === sockets.length;
const began = performance.now();
while (!settled() && performance.now() - began < 10_000) await new Promise((tick) => setTimeout(tick, 50));
console.log(
  `${sockets.length} connections: ${outcome.connected} connected, ${outcome.failed} failed, ` +
    `${sockets.length - outcome.connected - outcome.failed} still waiting after ${Math.round(performance.now() - began)} ms`,
);
for (const socket of sockets) socket.destroy();
