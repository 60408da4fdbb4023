// The only file that loads the addon. Where it cannot be loaded, importing works and the reason is kept.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { errorMessage } from "./errors.js";

/** A netlink socket; numbers are a count or a negative errno. */
export interface NetlinkSocket {
  /** Network namespace of `pid`, 0: the own; a NETLINK_* protocol. [0 or errno, the call that failed] */
  open(pid: number, protocol: number): readonly [number, string];
  send(request: Uint8Array): number;
  /** One datagram of the kernel; never waits. */
  receive(into: Uint8Array): number;
  /** SIOCETHTOOL in that namespace: 16 bytes of name, then the struct, answered in place. Its size or a negative errno. */
  ethtool(device: Uint8Array, command: Uint8Array): number;
  /** Takes part in a multicast group; what finds no room is only counted (`drops`). 1 or a negative errno. */
  join(group: number): number;
  /** Classic BPF (struct sock_filter, 8 bytes each) run on every message before it is queued. 1 or a negative errno. */
  filter(program: Uint8Array): number;
  /** Messages that found no room. */
  drops(): number;
  port(): number;
  close(): void;
}

/** Glances at listeners and loops without JavaScript; the arrays are those of src/kernel/quiet-watch.ts. */
export interface NativeQuietWatch {
  rest(
    plan: Float64Array,
    listeners: Uint32Array,
    loops: Float64Array,
    glances: Float64Array,
    places: Int32Array,
    memory: Uint8Array,
  ): void;
  /** How many glances there were. */
  stop(): number;
}

/** What addon/napi exports: bytes into buffers of the caller, numbers as counts or negative errnos. */
export interface Binding {
  /** Offsets of addon/kernel/socket_row.hh, for the test that compares them. */
  readonly layout: Readonly<Record<string, number>>;
  readSockets(fds: Int32Array, count: number, readings: number, rows: Uint8Array): number;
  /** Places in `fds` of the sockets that hold memory, into `into`; how many. */
  findInUse(fds: Int32Array, into: Int32Array): number;
  /** One socket's readings into `glanceRow`, which the next call overwrites. */
  glance(fd: number, readings: number): void;
  readonly glanceRow: ArrayBuffer;
  /** `count` receives: open descriptors, sockets, 1 if the walk was cut short. */
  walkSockets(readings: number, listeningOnly: number, rows: Uint8Array, count: Uint32Array): void;
  /** Four words a socket: its cookie's low and high half, its descriptor, none; `count` as of `walkSockets`. */
  walkCookies(rows: Uint32Array, count: Uint32Array): void;
  probeSocket(readings: number, row: Uint8Array): number;
  /**
   * Fields of structs as columns, NaN where a field is absent. `places`: where each struct begins in `memory`, and its
   * length; `fields`: five numbers each (offset, width, shift, mask, the value that means "none"); column k begins at
   * `into[k * room]`.
   */
  structColumns(
    memory: Uint8Array,
    places: Int32Array,
    count: number,
    fields: Float64Array,
    into: Float64Array,
    room: number,
  ): void;
  readonly NetlinkSocket: new () => NetlinkSocket;
  registerLoop(threadId: number): number;
  /** Seven doubles a loop; returns how many loops there are. */
  readLoops(rows: Float64Array): number;
  /** So long this thread waits at its end, behind the end of what it has open; 0: not at all. */
  lingerAtEnd(ms: number): void;
  gettid(): number;
  threadCpuMs(): number;
  /** A file as the network namespace of `pid` shows it; `path` ends with NUL. Bytes read or a negative errno. */
  readInNetns(pid: number, path: Uint8Array, into: Uint8Array): number;
  /** Five words a file (addon/kernel/read_files.hh). */
  readFiles(places: Int32Array, memory: Uint8Array): void;
  writeNow(fd: number, bytes: Uint8Array): number;
  readonly QuietWatch: new (wake: () => void) => NativeQuietWatch;
  /** Of this thread's JavaScript heap, where its old generation may take no more than a few hundred megabytes. */
  collectGarbage(): void;
}

// The same in the repository, below dist/ and below build-test/: the nearest folder with binding.gyp.
function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, "binding.gyp")) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** Where the addon lies: as it was built here, or as it was installed. */
const places = ["build/Release", `prebuilds/${process.platform}-${process.arch}`];

function loadFrom(root: string): Binding {
  const place = places.find((folder) => existsSync(join(root, folder, "sockscope.node")));
  // By itself: node-gyp-build would look first at the system, which takes 2 ms and the permission model may deny.
  if (place !== undefined) return require(join(root, place, "sockscope.node")) as Binding;
  const nodeGypBuild: (folder: string) => Binding = require("node-gyp-build");
  return nodeGypBuild(root);
}

function load(): { binding?: Binding; error?: string } {
  if (process.platform !== "linux") return { error: `sockscope reads Linux sockets; this is ${process.platform}` };
  try {
    return { binding: loadFrom(packageRoot()) };
  } catch (error) {
    const [reason] = errorMessage(error).split("\n");
    return { error: `the addon cannot be loaded: ${reason}` };
  }
}

const loaded = load();
/** The addon, or `undefined`: then `bindingError` says why. */
export const binding: Binding | undefined = loaded.binding;
export const bindingError: string | undefined = loaded.error;
