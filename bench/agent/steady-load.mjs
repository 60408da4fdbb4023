// Requests at a steady rate over kept connections, each timed from when it was sent. Usage: steady-load.mjs PORT CONNECTIONS
import { connect } from "node:net";
import slicing from "./slices.cjs";

const { clockMs, createSlices, isOn } = slicing;
const [port, connections] = process.argv.slice(2).map(Number);
const request = "GET / HTTP/1.1\r\nHost: bench\r\n\r\n";
const free = [];
/** Latencies in ms of requests sent in off-slices and in on-slices, since they were last asked for. */
let told = [[], []];
let slices;

const open = () =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => resolve(socket));
    socket.on("error", reject);
    socket.on("data", () => {
      const { sentAt } = socket;
      if (slices && sentAt >= slices.begin) told[isOn(slices.indexAt(sentAt)) ? 1 : 0].push(clockMs() - sentAt);
      free.push(socket);
    });
  });

const requests = {
  /** From now on, so many a second. */
  begin({ perSecond }) {
    let from = clockMs();
    let sent = 0;
    setInterval(() => {
      const due = ((clockMs() - from) * perSecond) / 1000;
      while (sent < due && free.length > 0) {
        const socket = free.pop();
        socket.sentAt = clockMs();
        socket.write(request);
        sent += 1;
      }
      // Those that found no free connection are not made up for.
      if (sent < due) [from, sent] = [clockMs(), 0];
    }, 1);
    return {};
  },
  slices({ at, ms }) {
    slices = createSlices({ at, ms });
    return {};
  },
  latencies() {
    const answer = told;
    told = [[], []];
    return answer;
  },
};

process.on("message", (message) => process.send(requests[message.what](message)));
process.on("disconnect", () => process.exit(0));
for (let i = 0; i < connections; i += 1) free.push(await open());
process.send({});
