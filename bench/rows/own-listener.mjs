// Depth, limit and drops of one own listener: beside the bare two calls (TCP_INFO, SO_MEMINFO).
import { once } from "node:events";
import { createServer } from "node:net";
import { fdOf, readListener } from "sockscope/kernel";
import { alternate, heapPerCall, nsPerCall } from "../measure/alternate.mjs";
import { inProcess } from "../measure/raw.mjs";
import { ratio, summary } from "../measure/statistics.mjs";

export const id = "own-listener";
export const order = 20;
export const work = "one own listener: depth, limit, drops";
export const goal = "≤ 1.3 × the bare two calls";

/** TCP_INFO and SO_MEMINFO in bench/raw/in-process/own_sockets.c. */
const bareTwo = 0b0000110;
const calls = 2000;
/** None is open at this number. */
const noDescriptor = 2 ** 20;

export async function run({ quick }) {
  const raw = inProcess();
  const server = createServer().listen(0, "127.0.0.1", 128);
  await once(server, "listening");
  const fd = fdOf(server);
  const { limit } = readListener(server);
  if (limit !== 128) throw new Error(`the limit is 128, ${limit} was read`);
  const costs = await alternate(
    {
      raw: () => raw.ownSockets(Int32Array.of(fd), bareTwo, calls),
      byFd: () => nsPerCall(() => readListener(fd), calls),
      byServer: () => nsPerCall(() => readListener(server), calls),
      refused: () => nsPerCall(() => readListener(noDescriptor), calls),
    },
    { rounds: quick ? 31 : 101, warmUp: 10 },
  );
  const [bare, called] = [summary(costs.raw).value, summary(costs.refused).value];
  const because = `the two calls take ${Math.round(bare)} ns; a call into the addon that finds no descriptor and reads nothing takes ${Math.round(called)} ns.`;
  return {
    figures: [
      {
        what: "given by its descriptor",
        brief: "by descriptor",
        ...ratio(costs.byFd, costs.raw),
        unit: "×",
        atMost: 1.3,
        because,
      },
      {
        what: "given as net.Server",
        brief: "as net.Server",
        ...ratio(costs.byServer, costs.raw),
        unit: "×",
        atMost: 1.3,
        because,
      },
      { what: "one look", ...summary(costs.byFd), unit: "ns" },
      { what: "JavaScript heap a look", value: heapPerCall(() => readListener(fd), 10_000), unit: "bytes" },
    ],
  };
}
