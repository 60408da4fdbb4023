// Small questions and answers over UDP, as of a resolver: who listens answers, who does not asks.
import dgram from "node:dgram";
import { obey, say, specification } from "./steer.js";

export interface NamesSpec {
  readonly listen?: boolean | undefined;
  readonly host: string;
  readonly port?: number | undefined;
  /** How many are asked at a time, and how often. */
  readonly count?: number | undefined;
  readonly everyMs?: number | undefined;
}

const spec = specification() as NamesSpec;
const { host, port = 3000, count = 1, everyMs = 100 } = spec;
const socket = dgram.createSocket("udp4");
let answered = 0;

const orders = { tally: () => say({ kind: "tally", answered }) };

if (spec.listen) {
  socket.on("message", (_question, { address, port: from }) => socket.send(Buffer.alloc(200, "a"), from, address));
  socket.bind(port, host, () => obey(orders));
} else {
  socket.on("message", () => {
    answered += 1;
  });
  setInterval(() => {
    for (let n = 0; n < count; n += 1) socket.send(Buffer.alloc(40, "q"), port, host);
  }, everyMs);
  obey(orders);
}
