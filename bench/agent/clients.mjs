// Clients of a server on this machine, in a process of their own: connections that are held, that talk, or that rush in.
import { connect } from "node:net";

const held = [];
const open = (port) =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" }, () => {
      socket.off("error", reject);
      socket.on("error", () => undefined);
      resolve(socket);
    });
    socket.once("error", reject);
    socket.on("data", () => undefined);
  });

const atOnce = 200;
const requests = {
  /** Opens so many and keeps them. */
  async hold({ port, count }) {
    while (held.length < count) {
      const some = Array.from({ length: Math.min(atOnce, count - held.length) }, () => open(port));
      held.push(...(await Promise.all(some)));
    }
    return { held: held.length };
  },
  /** From now on each of them sends once in `everyMs`. */
  talk({ everyMs }) {
    const stepMs = 20;
    let next = 0;
    setInterval(() => {
      for (let left = (held.length * stepMs) / everyMs; left >= 1; left -= 1)
        held[next++ % held.length].write("hello\n");
    }, stepMs);
    return {};
  },
  /** From now on so many come every `everyMs`, and leave a second later. */
  rush({ port, count, everyMs }) {
    setInterval(() => {
      for (let i = 0; i < count; i += 1) {
        const socket = connect({ port, host: "127.0.0.1" });
        socket.on("error", () => undefined);
        setTimeout(() => socket.destroy(), 1000);
      }
    }, everyMs);
    return {};
  },
};

const answer = async (request) => {
  try {
    process.send(await requests[request.what](request));
  } catch (error) {
    process.send({ error: String(error) });
  }
};
process.on("message", (request) => void answer(request));
process.on("disconnect", () => process.exit(0));
process.send({});
