// How fast the model's accept path is: a million clients each way, the time, and what is left of memory afterwards.
//   node --expose-gc bench/model-accept.mjs     (after npm run build)
import { simulate } from "../dist/model/index.js";

const arrivals = [{ from: 0, until: 100, rate: 10_000 }];
const eventLoop = { acceptsPerIteration: 1, serviceTime: 0.00002 };

const ways = {
  "event loop, loopback": { accepts: eventLoop },
  "event loop, 20 ms away": { accepts: eventLoop, rtt: 0.02 },
  "… clients speak first": { accepts: eventLoop, rtt: 0.02, clients: { speakFirst: true } },
  "four blocking workers": { accepts: { workers: 4, serviceTime: 0.0003 } },
  "a group of four (SO_REUSEPORT)": { accepts: eventLoop, listener: { backlog: 511, reuseport: 4 } },
  "half of them refused": { accepts: { workers: 1, serviceTime: 0.0002 }, clients: { timeout: 2.5 } },
};

const megabytes = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
};

console.log("clients    way                              time   clients/s   heap, MB");
for (const [title, way] of Object.entries(ways)) {
  const before = megabytes();
  const start = performance.now();
  const result = simulate({ kind: "accept", listener: { backlog: 511 }, arrivals, until: 101, ...way });
  const seconds = (performance.now() - start) / 1000;
  const rate = Math.round(result.arrivals / seconds / 1000);
  const grown = (megabytes() - before).toFixed(1);
  console.log(
    `${result.arrivals}    ${title.padEnd(30)} ${seconds.toFixed(2).padStart(5)} s ${String(rate).padStart(7)} 000   +${grown}`,
  );
}
