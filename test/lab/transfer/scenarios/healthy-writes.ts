// Servers that send as they should, and paths that are as they are.
import type { Scenario } from "../scenario.js";
import { download } from "./shapes.js";

export const healthyWrites: readonly Scenario[] = [
  {
    healthy: true,
    variant: "a download over a wire of 20 Mb/s and 20 ms",
    path: { kind: "wire", delayMs: 10, bitsPerSecond: 20e6, queueBytes: 60_000 },
    run: async (site) => void (await download(site)),
  },
];
