// What a network driver says about itself: SIOCETHTOOL, include/uapi/linux/ethtool.h, net/ethtool/ioctl.c; as ethtool(8)
// -i, -g, -l, -c, -S. Of one network namespace; these questions need no privilege.
import type { RingSizes } from "../snapshot/network.js";
import type { NetlinkSocket } from "../binding.js";
import { errnoName } from "../errors.js";
import type { Missing } from "../snapshot/snapshot.js";
import { NETLINK_GENERIC, openNetlink } from "./netlink-socket.js";
import { textOf } from "./netlink-values.js";
import type { NicStatistics } from "./nics.js";

export type { RingSizes };

/** Puts a command to a driver and has it answered in place; its size, or a negative errno. */
export type Ethtool = Pick<NetlinkSocket, "ethtool">;

export interface DriverInfo {
  readonly driver: string;
  readonly version: string;
  readonly firmware: string;
  /** `0000:00:03.0` of a PCI device, also of virtio's; empty of a virtual one. */
  readonly busInfo: string;
  readonly statisticsCount: number;
}

/** Queues, now and at most; `combined` ones receive and send. */
export interface Channels {
  readonly rx: number;
  readonly rxMax: number;
  readonly tx: number;
  readonly txMax: number;
  readonly combined: number;
  readonly combinedMax: number;
}

/** After how long, or how many packets, the device interrupts; 0: that limit is off. */
export interface Coalescing {
  readonly rxMicros: number;
  readonly rxFrames: number;
  readonly txMicros: number;
  readonly txFrames: number;
  readonly adaptiveRx: boolean;
  readonly adaptiveTx: boolean;
}

const ETHTOOL_GDRVINFO = 0x3;
const ETHTOOL_GCOALESCE = 0xe;
const ETHTOOL_GRINGPARAM = 0x10;
const ETHTOOL_GSTRINGS = 0x1b;
const ETHTOOL_GSTATS = 0x1d;
const ETHTOOL_GCHANNELS = 0x3c;
const ETH_SS_STATS = 1;
const stringBytes = 32;
/** Some cards have tens of thousands; beyond this the reading is refused. */
const mostStatistics = 65536;

const u32 = (view: DataView, index: number): number => view.getUint32(index * 4, true);

/** Total: a struct that is not there to its end is `undefined`. */
const whole =
  <T>(bytes: number, parse: (view: DataView) => T): ((view: DataView) => T | undefined) =>
  (view) =>
    view.byteLength < bytes ? undefined : parse(view);

const driverInfoBytes = 196;
/** struct ethtool_drvinfo. */
export const parseDriverInfo: (view: DataView) => DriverInfo | undefined = whole(driverInfoBytes, (view) => {
  const text = (start: number): string => textOf(view, { start, end: start + stringBytes }) ?? "";
  return {
    driver: text(4),
    version: text(36),
    firmware: text(68),
    busInfo: text(100),
    statisticsCount: view.getUint32(180, true),
  };
});

const ringBytes = 36;
/** struct ethtool_ringparam. */
export const parseRing: (view: DataView) => RingSizes | undefined = whole(ringBytes, (view) => ({
  rx: u32(view, 5),
  rxMax: u32(view, 1),
  tx: u32(view, 8),
  txMax: u32(view, 4),
}));

const channelsBytes = 36;
/** struct ethtool_channels. */
export const parseChannels: (view: DataView) => Channels | undefined = whole(channelsBytes, (view) => ({
  rx: u32(view, 5),
  rxMax: u32(view, 1),
  tx: u32(view, 6),
  txMax: u32(view, 2),
  combined: u32(view, 8),
  combinedMax: u32(view, 4),
}));

const coalescingBytes = 92;
/** struct ethtool_coalesce. */
export const parseCoalescing: (view: DataView) => Coalescing | undefined = whole(coalescingBytes, (view) => ({
  rxMicros: u32(view, 1),
  rxFrames: u32(view, 2),
  txMicros: u32(view, 5),
  txFrames: u32(view, 6),
  adaptiveRx: u32(view, 10) !== 0,
  adaptiveTx: u32(view, 11) !== 0,
}));

/** struct ethtool_gstrings and struct ethtool_stats, joined by place as far as both go. Total. */
export function parseDriverStatistics(names: DataView, values: DataView): NicStatistics {
  const counters: [string, number | bigint][] = [];
  for (let i = 0; 12 + (i + 1) * stringBytes <= names.byteLength && 8 + (i + 1) * 8 <= values.byteLength; i++) {
    const start = 12 + i * stringBytes;
    const name = (textOf(names, { start, end: start + stringBytes }) ?? "").trim();
    const value = values.getBigUint64(8 + i * 8, true);
    if (name !== "") counters.push([name, name.endsWith("bytes") ? value : Number(value)]);
  }
  return Object.fromEntries(counters) as NicStatistics;
}

/** A struct that was answered, or why not: EOPNOTSUPP is a driver without this question. */
function ask(
  socket: Ethtool,
  device: string,
  command: number,
  bytes: number,
  fill?: (view: DataView) => void,
): DataView | string {
  const name = new TextEncoder().encode(device);
  if (name.length > 15) return "ENODEV";
  const padded = new Uint8Array(16);
  padded.set(name);
  const struct = new Uint8Array(bytes);
  const view = new DataView(struct.buffer);
  view.setUint32(0, command, true);
  fill?.(view);
  const answered = socket.ethtool(padded, struct);
  return answered < 0 ? errnoName(-answered) : view;
}

/** The driver's own counters, of which there are `count` (`DriverInfo.statisticsCount`); or why not. */
export function askStatistics(socket: Ethtool, device: string, count: number): NicStatistics | string {
  if (count === 0) return "ENOTSUP";
  if (count > mostStatistics) return `${count} statistics are too many`;
  const names = ask(socket, device, ETHTOOL_GSTRINGS, 12 + count * stringBytes, (view) => {
    view.setUint32(4, ETH_SS_STATS, true);
    view.setUint32(8, count, true);
  });
  if (typeof names === "string") return names;
  const values = ask(socket, device, ETHTOOL_GSTATS, 8 + count * 8, (view) => view.setUint32(4, count, true));
  return typeof values === "string" ? values : parseDriverStatistics(names, values);
}

/** What a driver answered; the rest is in `missing`, with the reason. */
export interface EthtoolReading {
  readonly driver?: DriverInfo | undefined;
  readonly ring?: RingSizes | undefined;
  readonly channels?: Channels | undefined;
  readonly coalescing?: Coalescing | undefined;
  /** The driver's own counters by its own names; two drivers rarely agree. A real card can take a millisecond. */
  readonly statistics?: NicStatistics | undefined;
  readonly missing: readonly Missing[];
}

export interface EthtoolOptions {
  /** In the network namespace of this process. Default: the own. */
  readonly pid?: number | undefined;
  /** Also the driver's statistics. Default: true. */
  readonly statistics?: boolean | undefined;
}

/** The same over a socket that is given. */
export function askEthtool(
  socket: Ethtool,
  device: string,
  { statistics = true }: EthtoolOptions = {},
): EthtoolReading {
  const missing: Missing[] = [];
  const known = <T>(question: string, answer: T | string): T | undefined => {
    if (typeof answer !== "string") return answer;
    missing.push({ source: `ethtool ${question} ${device}`, reason: answer });
    return undefined;
  };
  const one = <T>(
    question: string,
    command: number,
    bytes: number,
    parse: (view: DataView) => T | undefined,
  ): T | undefined => {
    const view = known(question, ask(socket, device, command, bytes));
    return view && parse(view);
  };
  const driver = one("GDRVINFO", ETHTOOL_GDRVINFO, driverInfoBytes, parseDriverInfo);
  return {
    driver,
    ring: one("GRINGPARAM", ETHTOOL_GRINGPARAM, ringBytes, parseRing),
    channels: one("GCHANNELS", ETHTOOL_GCHANNELS, channelsBytes, parseChannels),
    coalescing: one("GCOALESCE", ETHTOOL_GCOALESCE, coalescingBytes, parseCoalescing),
    statistics: statistics
      ? known("GSTATS", driver ? askStatistics(socket, device, driver.statisticsCount) : "no driver")
      : undefined,
    missing,
  };
}

/** Asks the driver of one interface. */
export function readEthtool(device: string, options: EthtoolOptions = {}): EthtoolReading {
  const socket = openNetlink(NETLINK_GENERIC, options.pid);
  if (socket instanceof Error) return { missing: [{ source: `ethtool ${device}`, reason: socket.message }] };
  try {
    return askEthtool(socket, device, options);
  } finally {
    socket.close();
  }
}
