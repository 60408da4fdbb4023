// What lies below the sockets: a line for each interface, one for the CPUs' receive work, one for the kernel's counters.
import type { Frame, FrameCpu, FrameNic } from "../../export/frame/frame.js";
import type { Paint } from "../view/paint.js";
import { short, shortBytes, shortShare } from "./figures.js";
import { cutEnd } from "./grid.js";

const known = (parts: readonly (string | false | undefined)[]): readonly string[] =>
  parts.filter((part): part is string => typeof part === "string");

const lossOf = (nic: FrameNic): string | undefined => {
  const losses = [nic.rxMissed, nic.rxDropped, nic.txDropped, nic.qdiscDropped];
  const names = ["ring", "rx", "tx", "qdisc"];
  if (losses.every((loss) => loss === undefined)) return undefined;
  const lost = losses.flatMap((loss, index) => (loss ? [`${short(loss)} ${names[index]}`] : []));
  return lost.length === 0 ? "none lost" : `lost ${lost.join(", ")}`;
};

const side = (name: string, packets: number | undefined, bytes: number | undefined): string | undefined =>
  packets === undefined && bytes === undefined
    ? undefined
    : `${name} ${(short(packets) ?? "–").padStart(4)} pkt/s ${(shortBytes(bytes) ?? "–").padStart(6)}/s`;

export const nicWords = (nic: FrameNic): readonly string[] =>
  known([
    nic.name.padEnd(6),
    side("in", nic.rxPacketRate, nic.rxByteRate),
    side("out", nic.txPacketRate, nic.txByteRate),
    lossOf(nic),
    nic.qdiscQueuedPackets !== undefined &&
      nic.qdiscQueuedPackets > 0 &&
      `${short(nic.qdiscQueuedPackets)} wait to leave`,
    nic.packetsPerInterrupt !== undefined && `${short(nic.packetsPerInterrupt)} packets an interrupt`,
    nic.mode === "unknown" ? undefined : nic.mode,
    nic.driver,
  ]);

const sum = (cpus: readonly FrameCpu[], of: (cpu: FrameCpu) => number | undefined): number | undefined => {
  const values = cpus.flatMap((cpu) => of(cpu) ?? []);
  return values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0);
};

const cpuWords = (cpus: readonly FrameCpu[]): readonly string[] => {
  const busiest = cpus.reduce<FrameCpu | undefined>(
    (most, cpu) => ((cpu.softirqShare ?? -1) > (most?.softirqShare ?? -1) ? cpu : most),
    undefined,
  );
  const dropped = sum(cpus, ({ dropped: n }) => n);
  const squeezed = sum(cpus, ({ squeezed: n }) => n);
  const processed = sum(cpus, ({ processedRate }) => processedRate);
  if (!busiest && processed === undefined) return [];
  return known([
    "softirq",
    busiest?.softirqShare !== undefined && `${shortShare(busiest.softirqShare)} of CPU ${busiest.cpu}`,
    processed !== undefined && `${short(processed)} pkt/s`,
    dropped !== undefined && `${short(dropped)} dropped`,
    squeezed !== undefined && `${short(squeezed)} squeezed`,
  ]);
};

/** The kernel's own names: whoever knows them can look them up. */
export const counterWords = (counters: Frame["counters"]): readonly string[] => {
  const moved = Object.entries(counters ?? {}).filter(([, by]) => by !== 0);
  return moved.length === 0 ? [] : ["kernel", ...moved.map(([name, by]) => `${name} +${short(by)}`)];
};

/** As many parts as fit. */
const joined = (parts: readonly string[], width: number): string => {
  let line = "";
  for (const part of parts) {
    const longer = line === "" ? part : `${line}  ${part}`;
    if (longer.length > width) break;
    line = longer;
  }
  return line === "" ? cutEnd(parts[0] ?? "", width) : line;
};

const hasLoss = (nic: FrameNic): boolean =>
  [nic.rxMissed, nic.rxDropped, nic.txDropped, nic.qdiscDropped].some((loss) => (loss ?? 0) > 0);

export interface NetworkLines {
  readonly nics: readonly string[];
  /** CPUs and counters: one line each, below. */
  readonly others: readonly string[];
}

export const networkLines = (frame: Frame, nics: readonly FrameNic[], width: number, paint: Paint): NetworkLines => {
  const others = [cpuWords(frame.network?.cpus ?? []), counterWords(frame.counters)];
  return {
    nics: nics.map((nic) => {
      const line = joined(nicWords(nic), width);
      return hasLoss(nic) ? paint("red", line) : line;
    }),
    others: others.filter((parts) => parts.length > 0).map((parts) => joined(parts, width)),
  };
};
