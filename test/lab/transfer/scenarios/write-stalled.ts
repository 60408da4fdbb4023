// write-stalled: bytes wait and do not move, because of the peer, the path, Nagle's rule or this process's own loop.
import type { Scenario } from "../scenario.js";

/** The server under test streams to clients that stop reading. */
const peerNotReading: readonly Scenario[] = [
  {
    expect: { symptom: "write-stalled", cause: "peer-not-reading" },
    variant: "one download over veth that nobody reads",
    path: { kind: "veth" },
    run: async ({ near, far, start, faultBegins }) => {
      await start(near, { script: "web.js", spec: { host: near.address }, agent: true });
      const greet = "GET /download HTTP/1.1\r\nHost: server\r\n\r\n";
      faultBegins();
      await start(far, { script: "end.js", spec: { host: near.address, greet, read: "none" } });
    },
  },
];

export const writeStalled: readonly Scenario[] = peerNotReading;
