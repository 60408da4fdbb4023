// Structs of single sockets: tcp_info, SO_MEMINFO, sockaddr, the addon's rows, messages of sock_diag(7) and unix_diag.
import { parseSockaddr, unixPath } from "../../../src/kernel/address.js";
import { closedSocket } from "../../../src/kernel/close-events.js";
import { parseDiagListener } from "../../../src/kernel/diag-listeners.js";
import { InetDiagSocket } from "../../../src/kernel/inet-diag.js";
import { memInfoOf } from "../../../src/kernel/mem-info.js";
import { gettersOf } from "../../../src/kernel/plain.js";
import { SocketReading } from "../../../src/kernel/socket-reading.js";
import { rowLayout } from "../../../src/kernel/socket-row.js";
import { tcpInfoOf } from "../../../src/kernel/tcp-info.js";
import { parseUnixListener } from "../../../src/kernel/unix-diag.js";
import { memInfoFields } from "../../../src/snapshot/fields/mem-info.js";
import { tcpInfoFields } from "../../../src/snapshot/fields/tcp-info.js";
import { caStates, tcpStates } from "../../../src/snapshot/tcp-state.js";
import { recorded } from "../../kernel/recorded.js";
import { payloadsOf } from "../payloads.js";
import type { BytesTarget } from "../target.js";

const stateWords = [...tcpStates, ...caStates, "UNKNOWN", "ipv4", "ipv6"];
const inet = ["listen-ipv4", "listen-ipv6", "estab-port-3000"].flatMap((name) => payloadsOf(recorded(name)));
const sockaddrs = [
  [2, 0, 0x0b, 0xb8, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
  [10, 0, 0x0b, 0xb9, 0, 0, 0, 0, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
  [1, 0, ...Buffer.from("/run/app.sock\0")],
  [1, 0, 0, ...Buffer.from("abstract")],
].map((bytes) => Uint8Array.from(bytes));

/** A row as the addon fills it: no length beyond its room, whatever else stands there. */
const lengths = [
  [rowLayout.tcp_info_length, rowLayout.stride - rowLayout.tcp_info],
  [rowLayout.mem_info_length, 64],
  [rowLayout.local_length, 112],
  [rowLayout.remote_length, 112],
] as const;
const row = (): Uint8Array => {
  const bytes = new Uint8Array(rowLayout.stride);
  const view = new DataView(bytes.buffer);
  view.setUint32(rowLayout.asked, 0xffff, true);
  view.setUint32(rowLayout.got, 0xffff, true);
  for (const [at, room] of lengths) view.setUint32(at, room, true);
  bytes.set(recorded("tcp-info-estab"), rowLayout.tcp_info);
  bytes.set(recorded("mem-info-estab"), rowLayout.mem_info);
  bytes.set(sockaddrs[0]!, rowLayout.local);
  bytes.set(sockaddrs[1]!, rowLayout.remote);
  return bytes;
};
const parseRow = (view: DataView, start: number, end: number): unknown => {
  if (end - start < rowLayout.stride) return undefined;
  for (const [at, room] of lengths) view.setUint32(start + at, Math.min(view.getUint32(start + at, true), room), true);
  return decodedSocket(new SocketReading(view, start), rowNames);
};

type Fields = Readonly<Record<string, unknown>>;
/** A lazy view, decoded. */
const decoded = (view: object | undefined, names: readonly string[]): readonly unknown[] | undefined =>
  view && names.map((name) => (view as Fields)[name]);
const [infoNames, memoryNames] = [Object.keys(tcpInfoFields), Object.keys(memInfoFields)];
const structs = new Set(["tcpInfo", "memInfo"]);
const without = (prototype: object): readonly string[] => gettersOf(prototype).filter((name) => !structs.has(name));
const [socketNames, rowNames] = [without(InetDiagSocket.prototype), without(SocketReading.prototype)];

const decodedSocket = (socket: InetDiagSocket | SocketReading | undefined, names: readonly string[]): unknown =>
  socket && [decoded(socket, names), decoded(socket.tcpInfo, infoNames), decoded(socket.memInfo, memoryNames)];

const target = (fields: Omit<BytesTarget, "kind">): BytesTarget => ({ kind: "bytes", ...fields });

export const socketTargets: readonly BytesTarget[] = [
  target({
    name: "tcp_info",
    covers: ["src/kernel/tcp-info.ts tcpInfoOf"],
    words: stateWords,
    seeds: ["tcp-info-estab", "tcp-info-listen"].map((name) => recorded(name)),
    parse: (view, start, end) => decoded(tcpInfoOf(view, start, end - start), infoNames),
  }),
  target({
    name: "mem_info",
    covers: ["src/kernel/mem-info.ts memInfoOf"],
    seeds: [recorded("mem-info-estab")],
    parse: (view, start, end) => decoded(memInfoOf(view, start, end - start), memoryNames),
  }),
  target({
    name: "sockaddr",
    covers: ["src/kernel/address.ts parseSockaddr"],
    seeds: sockaddrs,
    parse: (view, start, end) => parseSockaddr(view, start, end - start),
  }),
  target({
    name: "unix-path",
    covers: ["src/kernel/address.ts unixPath"],
    seeds: [Uint8Array.from(Buffer.from("/run/app.sock\0")), Uint8Array.from(Buffer.from("\0abstract\0\0"))],
    parse: (view, start, end) => unixPath(view, start, end - start),
  }),
  target({
    name: "socket-row",
    covers: ["src/kernel/socket-reading.ts SocketReading"],
    words: [...stateWords, "unix", "stream", "dgram", "raw", "seqpacket"],
    seeds: [row()],
    parse: parseRow,
  }),
  target({
    name: "inet_diag",
    covers: ["src/kernel/inet-diag.ts InetDiagSocket"],
    words: stateWords,
    seeds: inet,
    parse: (view, start, end) => (InetDiagSocket.fits(start, end) ? new InetDiagSocket(view, start, end) : undefined),
  }),
  target({
    name: "inet_diag-listener",
    covers: ["src/kernel/diag-listeners.ts parseDiagListener"],
    words: stateWords,
    seeds: inet,
    parse: parseDiagListener,
  }),
  target({
    name: "close-event",
    covers: ["src/kernel/close-events.ts closedSocket"],
    words: stateWords,
    seeds: ["ours-first", "ours-first-v6", "unread", "timed-out", "linger-0"].map((name) => recorded(`close-${name}`)),
    parse: (view, start, end) =>
      decodedSocket(
        closedSocket(new DataView(view.buffer, view.byteOffset + start, view.byteLength - start), end - start),
        socketNames,
      ),
  }),
  target({
    name: "unix_diag",
    covers: ["src/kernel/unix-diag.ts parseUnixListener"],
    seeds: payloadsOf(recorded("unix-listen")),
    parse: parseUnixListener,
  }),
];
