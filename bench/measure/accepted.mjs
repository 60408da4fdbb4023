// Connections whose server ends this process holds.
import { once } from "node:events";
import { createServer } from "node:net";
import { hold } from "./hold.mjs";

/** Accepts `count` connections that do nothing: `{ sockets, close() }`. */
export async function accepted(count) {
  const sockets = [];
  const server = createServer({ allowHalfOpen: true });
  const all = new Promise((done) => {
    server.on("connection", (socket) => {
      socket.on("error", () => {});
      if (sockets.push(socket) === count) done();
    });
  });
  server.listen(0, "127.0.0.1", 4096);
  await once(server, "listening");
  const held = await hold({ connections: count, to: server.address().port });
  await all;
  return {
    sockets,
    async close() {
      await held.stop();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
