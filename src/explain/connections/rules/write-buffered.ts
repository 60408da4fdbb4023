// write-buffered-in-process: Node holds what the kernel will not take, and it grows: write() returned false and the
// application went on writing. Needs Node's side (socket.writableLength).
import { bytes, bytesPerSecond, duration } from "../../format.js";
import { rateOf } from "../limit.js";
import { evidenceOf, type SocketRule, severityAfter } from "../rule.js";

/** Where the end is foreseen: the memory that a process of Node's defaults has to spare. */
const memoryBytes = 1_073_741_824;

export const writeBuffered: SocketRule = ({ watch, reading, at, thresholds }) => {
  const { swelling } = watch;
  const held = reading.node?.writableLength;
  if (!swelling || held === undefined) return undefined;
  const ms = at - swelling.at;
  const grown = held - swelling.fromBytes;
  if (ms < thresholds.stalledMs || grown < thresholds.bufferedGrowthBytes) return undefined;
  const heardMs = (watch.heard?.at ?? at) - swelling.at;
  const rate = rateOf(grown, heardMs > 0 ? heardMs : ms) ?? 0;
  const leftMs = (Math.max(0, memoryBytes - held) / rate) * 1000;
  return {
    symptom: "write-buffered-in-process",
    cause: "backpressure-ignored",
    severity: severityAfter(ms, thresholds.stalledWarnMs),
    confidence: 0.93,
    weight: held,
    headline: "could not take what the application goes on writing: backpressure is ignored",
    detail: () =>
      `Node holds ${bytes(held)}, ${bytesPerSecond(rate)} more for ${duration(ms)}; 1 GB in about ${duration(leftMs)}`,
    evidence: () =>
      evidenceOf([
        ["held in Node", held, "bytes", "socket.writableLength"],
        ["grown by", grown, "bytes", "socket.writableLength"],
        ["in", ms, "ms", "two looks and more"],
        ["high-water mark", reading.node?.writableHighWaterMark, "bytes", "socket.writableHighWaterMark"],
        ["in the kernel", reading.sendQBytes, "bytes", "SIOCOUTQ"],
        ["send buffer", reading.mem?.sndbuf, "bytes", "SO_MEMINFO sndbuf"],
        ["1 GB in", leftMs, "ms", "estimate: at this rate"],
      ]),
    ruledOut: [],
    remedy: [
      "Stop when write() returns false and go on at 'drain'; pipeline() and async iteration do it by themselves.",
      "Where data must not wait (a live feed), drop or disconnect clients that do not keep up: a limit on writableLength.",
    ],
  };
};
