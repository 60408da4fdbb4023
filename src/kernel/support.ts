// What can be read here, and where not, why.
import { release } from "node:os";
import { binding, bindingError } from "../binding.js";
import { errnoName } from "../errors.js";
import { openCloseEvents } from "./close-events.js";
import { connectDiag } from "./diag.js";
import { type Netdev, openNetdev } from "./netdev-genl.js";
import { type Availability, procSupport } from "./proc-sources.js";
import { openRtnetlink, type Rtnetlink } from "./rtnetlink.js";
import { SocketReading } from "./socket-reading.js";
import { type ReadingName, readingMask, readingNames, rowLayout } from "./socket-row.js";

const absent = (reason: string): Availability => ({ available: false, reason });
const available: Availability = { available: true };

// What a fresh TCP socket answers by nature: it is in no listening and no connected state.
const expected: Partial<Record<ReadingName, string>> = { remote: "ENOTCONN" };

function probeReadings(): Record<string, Availability> {
  const bytes = new Uint8Array(rowLayout.stride);
  const errno = binding ? -binding.probeSocket(readingMask(readingNames), bytes) : 0;
  const row = new SocketReading(new DataView(bytes.buffer), 0);
  const verdict = (name: ReadingName): Availability => {
    if (!binding) return absent("the addon is not loaded");
    if (errno !== 0) return absent(`socket: ${errnoName(errno)}`);
    const error = row.error(name);
    return error === undefined || error === expected[name] ? available : absent(error);
  };
  const tcpInfo = verdict("tcpInfo");
  return {
    TCP_INFO: tcpInfo.available ? { ...tcpInfo, detail: `${row.tcpInfo?.byteLength} bytes` } : tcpInfo,
    SO_MEMINFO: verdict("memInfo"),
    SO_COOKIE: verdict("cookie"),
    SIOCINQ: verdict("recvQ"),
    SIOCOUTQ: verdict("sendQ"),
    SIOCOUTQNSD: verdict("notSent"),
    SO_INCOMING_CPU: verdict("incomingCpu"),
    SO_INCOMING_NAPI_ID: verdict("incomingNapiId"),
  };
}

function probeDiag(): Record<string, Availability> {
  const diag = connectDiag();
  if (diag instanceof Error) {
    const none = absent(diag.message);
    return { sock_diag: none, unix_diag: none, closeEvents: none };
  }
  const closes = openCloseEvents([]);
  if (!(closes instanceof Error)) closes.close();
  try {
    const verdict = ({ reason }: { reason?: string | undefined }): Availability =>
      reason === undefined ? available : absent(reason);
    return {
      sock_diag: verdict(diag.listeners()),
      unix_diag: verdict(diag.unixListeners()),
      closeEvents: closes instanceof Error ? absent(closes.message) : available,
    };
  } finally {
    diag.close();
  }
}

function probeBelow(): Record<string, Availability> {
  const route = openRtnetlink();
  const netdev = openNetdev();
  const verdict = (ask: () => { readonly reason?: string | undefined }, opened: object): Availability => {
    const reason = opened instanceof Error ? opened.message : ask().reason;
    return reason === undefined ? available : absent(reason);
  };
  try {
    return {
      rtnetlink: verdict(() => (route as Rtnetlink).links(), route),
      netdev: verdict(() => (netdev as Netdev).napis(), netdev),
    };
  } finally {
    for (const socket of [route, netdev]) if (!(socket instanceof Error)) socket.close();
  }
}

/** The sources of the addon: descriptors, netlink(7), event loops. Opens and closes a few sockets. */
export function socketSupport(): Readonly<Record<string, Availability>> {
  const addon = binding ? available : absent(bindingError ?? "unknown");
  return {
    addon,
    ...probeReadings(),
    ...probeDiag(),
    ...probeBelow(),
    loops: binding ? available : absent("the addon is not loaded"),
  };
}

export interface Support {
  /** The addon is loaded and listeners can be read, and told from others that come after them. */
  readonly ok: boolean;
  /** Source → can it be read; an absent reading is `undefined` wherever it would stand. */
  readonly readings: Readonly<Record<string, Availability>>;
  readonly node: string;
  readonly kernel: string;
  /** False: not Linux, or no prebuilt file for this machine. */
  readonly addon: boolean;
}

/** Takes some 50 reads; not for periodic use. */
export function support(): Support {
  const readings: Record<string, Availability> = { ...socketSupport(), ...procSupport() };
  return {
    ok: ["addon", "TCP_INFO", "SO_COOKIE"].every((source) => readings[source]?.available === true),
    readings,
    node: process.version,
    kernel: `${process.platform} ${release()}`,
    addon: binding !== undefined,
  };
}
