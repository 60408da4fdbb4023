// A hello-world server that counts what it answers in each slice, and in on-slices has some work done beside (`unit`).
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import slicing from "./slices.cjs";

const { clockMs, createSlices, isOn } = slicing;
const connections = new Set();
const body = Buffer.from("hello\n");
let answered = 0;
const server = createServer((_request, response) => {
  answered += 1;
  response.setHeader("Content-Type", "text/plain");
  response.setHeader("Content-Length", body.length);
  response.end(body);
});

server.on("connection", (socket) => {
  connections.add(socket);
  socket.on("close", () => connections.delete(socket));
});

/** What is done once at the beginning of each on-slice. */
const units = {
  /** The agent's thread does by itself what is due (sliced-thread.cjs). */
  agent: async (slices, gainMs) => {
    new Float64Array(globalThis.benchMemory).set([slices.begin, slices.ms, gainMs]);
    return () => undefined;
  },
  /** Everything that the kernel tells of each connection, in one call. */
  sockets: async () => {
    const { readSockets, SocketTable } = await import("sockscope/kernel");
    const into = new SocketTable(connections.size);
    return () => void readSockets([...connections], { into });
  },
  ss: async () => () => void execFile("ss", ["-tinm"], { maxBuffer: 1 << 28 }, () => undefined),
  systeminformation: async () => {
    const { default: si } = await import("systeminformation");
    return () => void si.networkConnections();
  },
};

/** Answers by slice: pairs of [how long it was, how many], from one call of the loop to the next. */
const runSlices = async ({ unit, ms, count, gainMs }) => {
  const slices = createSlices({ at: clockMs() + 200, ms });
  const begin = await units[unit](slices, gainMs);
  return new Promise((resolve) => {
    const told = new Float64Array(2 * count);
    let before;
    const step = (index) => {
      const at = clockMs();
      if (before) told.set([at - before.at, answered - before.answered], 2 * (index - 1));
      if (index === count) return resolve(told);
      before = { at, answered };
      if (isOn(index)) begin();
      setTimeout(step, Math.max(1, slices.startOf(index + 1) - clockMs()), index + 1);
    };
    setTimeout(step, Math.max(1, slices.begin - clockMs()), 0);
  });
};

const requests = {
  slices: runSlices,
  /** From now on the agent's thread works in on-slices; when they begin. */
  async begin({ ms, gainMs }) {
    const slices = createSlices({ at: clockMs() + 200, ms });
    await units.agent(slices, gainMs);
    return { at: slices.begin };
  },
};

server.keepAliveTimeout = 600_000;
const answer = async (request) => process.send(await requests[request.what](request));
process.on("message", (request) => void answer(request));
process.on("disconnect", () => process.exit(0));
server.listen({ port: 0, host: "127.0.0.1" }, () => process.send({ port: server.address().port }));
