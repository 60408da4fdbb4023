// memory-pressure: a cgroup whose TCP buffers may take little (v1), and connections that fill it.
import { tcpMemoryFor } from "../../memory.js";
import type { Scenario } from "../scenario.js";

const cgroups = [
  { variant: "six uploads that nobody reads, 512 KB for all", bytes: 524_288, count: 6, read: "none" },
  { variant: "forty uploads that nobody reads, 4 MB for all", bytes: 4_194_304, count: 40, read: "none" },
  { variant: "ten downloads that nobody reads, 1 MB for all", bytes: 1_048_576, count: 10, read: "all" },
] as const;

const cgroupMemory: readonly Scenario[] = cgroups.map(({ variant, bytes, count, read }) => ({
  expect: { symptom: "memory-pressure", cause: "cgroup-memory", at: null, evidentMs: 2000 },
  variant,
  path: { kind: "veth" },
  companions: [
    { symptom: "read-stalled", cause: "application-not-reading", because: "that is how the memory is filled" },
    { symptom: "write-stalled", cause: "peer-not-reading", because: "that is how the memory is filled" },
    { symptom: "data-pruned", cause: "memory-pressure", because: "what comes in beyond the limit is thrown away" },
  ],
  run: async ({ near, far, start, defer, faultBegins }) => {
    const serves = read === "all" ? { send: {} } : { read };
    const server = await start(near, {
      script: "end.js",
      spec: { host: near.address, listen: true, ...serves },
      agent: true,
    });
    tcpMemoryFor(defer, server.pid)(bytes);
    faultBegins();
    const client = read === "all" ? { read: "none" } : { send: {} };
    await start(far, { script: "end.js", spec: { host: near.address, count, ...client } });
  },
}));

export const memoryPressure: readonly Scenario[] = [...cgroupMemory];
