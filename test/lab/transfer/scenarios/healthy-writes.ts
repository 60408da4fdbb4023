// Servers that send as they should.
import type { Scenario } from "../scenario.js";

export const healthyWrites: readonly Scenario[] = [
  {
    healthy: true,
    variant: "a download over a wire of 20 Mb/s and 20 ms",
    path: { kind: "wire", delayMs: 10, bitsPerSecond: 20e6, queueBytes: 60_000 },
    run: async ({ near, far, start }) => {
      await start(near, { script: "web.js", spec: { host: near.address }, agent: true });
      const greet = "GET /download HTTP/1.1\r\nHost: server\r\n\r\n";
      await start(far, { script: "end.js", spec: { host: near.address, greet } });
    },
  },
];
