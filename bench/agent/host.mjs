// The process that is looked into: a server that holds its connections, answers what they send, and does as it is told.
import { createServer } from "node:net";

/** Of the machine's monotonic clock, as all times here. */
const clockMs = () => Number(process.hrtime.bigint()) / 1e6;

const held = (socket) => {
  socket.on("error", () => undefined);
  socket.on("data", (data) => socket.write(data));
};
const listen = (listenBacklog) =>
  new Promise((resolve) => {
    const server = createServer(held);
    server.listen({ port: 0, host: "127.0.0.1", backlog: listenBacklog }, () => resolve(server));
  });

let blocked;
const block = (ms) => {
  const from = clockMs();
  while (clockMs() < from + ms);
  blocked = { from, until: clockMs() };
};
const nobody = new Int32Array(new SharedArrayBuffer(4));
const listeners = new Map();

const requests = {
  /** One more listener: its port. */
  async listen({ listenBacklog }) {
    const server = await listen(listenBacklog);
    const { port } = server.address();
    listeners.set(port, server);
    return { port };
  },
  /** … gives it up. */
  close({ port }) {
    listeners.get(port).close();
    listeners.delete(port);
    return {};
  },
  /** The main thread computes for so long. */
  block({ ms }) {
    setImmediate(block, ms);
    return {};
  },
  /** When it last did. */
  blocked: () => blocked,
  /** … again and again. */
  stall({ ms, everyMs }) {
    setInterval(block, everyMs, ms);
    return {};
  },
  /** The main thread waits for nothing for so long, as in a synchronous call. */
  wait({ ms }) {
    setImmediate(() => Atomics.wait(nobody, 0, 0, ms));
    return {};
  },
  /** What the agent's thread has noted (noted-looks.cjs). */
  noted: () => new Float64Array(globalThis.benchMemory.slice()),
};

const answer = async (request) => process.send(await requests[request.what](request));
process.on("message", (request) => void answer(request));
process.on("disconnect", () => process.exit(0));
const server = await listen(Number(process.argv[2] ?? 4096));
process.send({ port: server.address().port });
