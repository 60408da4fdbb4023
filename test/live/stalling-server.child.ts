// A server that writes what it is asked for and heeds backpressure: `flood` in, 40 MB out.
import net from "node:net";

const chunk = Buffer.alloc(65_536);
const chunks = 640;

const flood = (socket: net.Socket): void => {
  let written = 0;
  const write = (): void => {
    while (written < chunks) {
      written += 1;
      if (!socket.write(chunk)) return;
    }
  };
  socket.on("drain", write);
  write();
};

const server = net.createServer((socket) => {
  socket.on("error", () => undefined);
  socket.on("data", (data) => {
    if (data.toString("latin1") === "flood") flood(socket);
  });
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  const address = server.address();
  process.send?.({ kind: "listening", port: typeof address === "object" ? address?.port : undefined });
});
process.on("disconnect", () => process.exit());
