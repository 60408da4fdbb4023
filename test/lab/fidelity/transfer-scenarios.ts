// Random transfers, spread evenly over what distinguishes them: the device, what the reader does, the sizes of the buffers.
import { createRandom } from "../../../src/model/engine.js";
import type { PathSpec, ReadSpec, TransferScenario } from "../../../src/model/transfer/scenario.js";

export const devices = ["loopback", "veth", "veth without GSO", "delayed link"] as const;
export const readers = ["never reads", "stops", "trickles", "resumes"] as const;
export type Device = (typeof devices)[number];
export type Reader = (typeof readers)[number];

const bufferSizes = ["auto", [4608, 32768], [32768, 262144], [262144, 4194304]] as const;
const mostBytes = 6_000_000;
/** So that a scenario's writes take milliseconds, not seconds. */
const mostCalls = 20_000;
const autoSndbuf = 300_000;
const autoRcvbuf = 131_072;

interface Dice {
  between(from: number, to: number): number;
  /** Sizes and times spread over orders of magnitude: without logarithms, as sizes between two neighbouring powers of two. */
  spread(from: number, to: number): number;
  pick<Value>(values: readonly Value[]): Value;
}

const diceOf = (seed: number): Dice => {
  const random = createRandom(seed);
  const between = (from: number, to: number): number => Math.round(from + random() * (to - from));
  const spread = (from: number, to: number): number => {
    let doublings = 0;
    while (from * 2 ** (doublings + 1) < to) doublings += 1;
    const low = from * 2 ** between(0, doublings);
    return between(low, Math.min(to, low * 2));
  };
  return { between, spread, pick: (values) => values[between(0, values.length - 1)]! };
};

const millis = (value: number): number => value / 1000;

/** A link passes on packet after packet: without a rate it would depend on how fast the machine emulates it. */
const linkOf = (dice: Dice): Pick<PathSpec, "rtt" | "rate" | "queue"> => ({
  rtt: millis(dice.between(4, 40)),
  rate: dice.between(1_250_000, 12_500_000),
  queue: 100_000,
});

const pathOf = (device: Device, dice: Dice): PathSpec => {
  if (device === "loopback") return { device };
  if (device === "delayed link") return { device: "wire", delayedLink: "tun", gso: false, ...linkOf(dice) };
  return { device: "veth", gso: device === "veth" };
};

/** Even, as the kernel holds it. */
const bufferOf = (size: (typeof bufferSizes)[number], dice: Dice): number | "auto" =>
  size === "auto" ? size : 2 * Math.round(dice.spread(size[0], size[1]) / 2);

const readsOf = (reader: Reader, until: number, dice: Dice): readonly ReadSpec[] => {
  const chunk = dice.spread(1000, 262_144);
  const pause = millis(dice.between(100, 500));
  if (reader === "never reads") return [];
  if (reader === "stops") return [{ from: 0, until: pause, chunk }];
  if (reader === "resumes") return [{ from: pause, chunk }];
  return [{ from: pause, until, every: millis(dice.between(5, 100)), bytes: dice.spread(500, 65_536) }];
};

/** The `index`th scenario of a seed: any of them can be run alone. */
export const transferScenario = (seed: number, index: number): TransferScenario => {
  const dice = diceOf(seed * 1_000_003 + index);
  const device = devices[index % devices.length]!;
  const reader = readers[Math.floor(index / 4) % readers.length]!;
  const sndbuf = bufferOf(bufferSizes[Math.floor(index / 16) % bufferSizes.length]!, dice);
  const rcvbuf = bufferOf(dice.pick(bufferSizes), dice);
  const until = millis(dice.between(700, 2000));
  const chunk = dice.pick([dice.spread(100, 2000), dice.spread(2000, 65_536), dice.spread(65_536, 1_000_000)]);
  const room = (sndbuf === "auto" ? autoSndbuf : sndbuf) + (rcvbuf === "auto" ? autoRcvbuf : rcvbuf);
  const bytes = Math.min(dice.between(Math.round(room / 3), room * 4), mostBytes, chunk * mostCalls);
  return {
    kind: "transfer",
    path: pathOf(device, dice),
    sender: { sndbuf, nonblocking: true, nodelay: dice.between(0, 1) === 1, writes: [{ at: 0, bytes, chunk }] },
    receiver: { rcvbuf, reads: readsOf(reader, until, dice) },
    sysctl: { tcp_rmem: [4096, 131072, 6291456], tcp_wmem: [4096, 16384, 4194304] },
    seed: index,
    until,
  };
};

export const deviceOf = ({ path }: TransferScenario): Device => {
  if (path?.device === "wire") return "delayed link";
  if (path?.device === "veth") return path.gso === false ? "veth without GSO" : "veth";
  return "loopback";
};

export const readerOf = ({ receiver }: TransferScenario): Reader => {
  const read = receiver.reads?.[0];
  if (read === undefined || "at" in read) return "never reads";
  if ("every" in read) return "trickles";
  return read.from === 0 ? "stops" : "resumes";
};
