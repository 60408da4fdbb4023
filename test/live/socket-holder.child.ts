// A process that serves or opens connections and treats them as its second argument says; tells its port.
//   serve writes|pauses|keeps|reads [HOST]       connect writes|pauses|reads PORT COUNT [HOST]
import { connect, createServer, type Socket } from "node:net";

const [, , role, treatment, ...rest] = process.argv;

const write = (socket: Socket): void => {
  const chunk = Buffer.alloc(65_536);
  const fill = (): void => {
    while (socket.write(chunk));
  };
  socket.on("drain", fill);
  fill();
};

const treatments: Readonly<Record<string, (socket: Socket) => void>> = {
  writes: write,
  pauses: (socket) => socket.pause(),
  // Half-open is allowed and never ended: the leak.
  keeps: (socket) => socket.resume(),
  reads: (socket) => socket.resume(),
};
const treat = treatments[treatment ?? ""]!;
const open = (socket: Socket): void => {
  socket.on("error", () => {});
  treat(socket);
};

if (role === "serve") {
  const server = createServer({ allowHalfOpen: treatment === "keeps" }, open);
  server.listen(0, rest[0] ?? "127.0.0.1", () => {
    const address = server.address();
    process.send?.({ port: typeof address === "object" ? address?.port : 0 });
  });
} else {
  const [port, count, host = "127.0.0.1"] = rest;
  const sockets = Array.from({ length: Number(count) }, () => connect({ port: Number(port), host }));
  sockets.forEach(open);
  let connected = 0;
  for (const socket of sockets)
    socket.once("connect", () => {
      connected += 1;
      if (connected === sockets.length) process.send?.({ port: socket.localPort });
    });
  process.on("message", () => {
    for (const socket of sockets) socket.end();
  });
}
