// What Node's stream knows of a socket: net.Socket, tls.TLSSocket, http and http2 on top of them (node lib/net.js,
// lib/_tls_wrap.js, lib/internal/stream_base_commons.js). Reads data properties and Node's own getters only, never those
// of a subclass: looking must not run the application's code.
import type { Http2Stream } from "node:http2";
import { Socket } from "node:net";
import { Readable, Writable } from "node:stream";
import { types } from "node:util";
import type { NodeSide } from "../../snapshot/connection.js";

type Getter = (of: object) => unknown;

/** The getter as Node defines it, whatever the object's own class says. */
const own = (prototype: object, name: string): Getter => {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  return (of) => {
    try {
      return get && Reflect.apply(get, of, []);
    } catch {
      return undefined;
    }
  };
};

const writable = {
  length: own(Writable.prototype, "writableLength"),
  highWaterMark: own(Writable.prototype, "writableHighWaterMark"),
  needDrain: own(Writable.prototype, "writableNeedDrain"),
};
const readable = {
  length: own(Readable.prototype, "readableLength"),
  highWaterMark: own(Readable.prototype, "readableHighWaterMark"),
  flowing: own(Readable.prototype, "readableFlowing"),
};

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const numberOf = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
const flagOf = (value: unknown): boolean | undefined => (typeof value === "boolean" ? value : undefined);

/** A data property of the object itself; what is computed is not asked. */
const dataOf = (of: object, name: string | symbol): unknown => Object.getOwnPropertyDescriptor(of, name)?.value;
const symbolOf = (of: object, description: string): unknown => {
  const symbol = Object.getOwnPropertySymbols(of).find((one) => one.description === description);
  return symbol && dataOf(of, symbol);
};

/** Under which symbol net.js keeps the handle: looking for it costs 1 µs, and http2 has another one of that name. */
let handleSymbol: symbol | undefined;

/** The native handle under a net.Socket; its properties are Node's. `undefined`: it has none, or is something else. */
export const handleOf = (socket: object): object | undefined => {
  if (!(socket instanceof Socket)) return undefined;
  handleSymbol ??= Object.getOwnPropertySymbols(socket).find(({ description }) => description === "kHandle");
  const handle: unknown = handleSymbol ? Reflect.get(socket, handleSymbol) : dataOf(socket, "_handle");
  return isObject(handle) ? handle : undefined;
};

/** Streams of one http2 session that are asked what they hold; more are a session of another kind. */
const maxStreams = 256;

/** What the streams of a http2 session hold: the socket below knows nothing of it. */
const heldInStreams = (session: object): number | undefined => {
  const state = symbolOf(session, "state");
  const streams = isObject(state) ? dataOf(state, "streams") : undefined;
  if (!types.isMap(streams)) return undefined;
  let held = 0;
  let asked = 0;
  for (const stream of Map.prototype.values.call(streams) as Iterable<Http2Stream>) {
    held += numberOf(writable.length(stream)) ?? 0;
    if (++asked === maxStreams) break;
  }
  return held;
};

const sum = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : a + b;

const sideOf = (socket: object, session?: object): NodeSide => {
  const handle = handleOf(socket);
  const server = dataOf(socket, "server");
  const numberAt = (name: string): number | undefined => numberOf(handle && Reflect.get(handle, name));
  const queued = numberAt("writeQueueSize");
  const written = numberAt("bytesWritten");
  const held = numberOf(writable.length(socket));
  const buffered = numberOf(readable.length(socket));
  const flowing = readable.flowing(socket) as NodeSide["readableFlowing"];
  // Nobody reads and nothing is there: TLS or http2 above it take the bytes from the handle itself, and hold them.
  const isCarrier = flowing === null && buffered === 0;
  return {
    writableLength: sum(
      held === undefined ? undefined : Math.max(held, queued ?? 0),
      session && heldInStreams(session),
    ),
    writableHighWaterMark: numberOf(writable.highWaterMark(socket)),
    writableNeedDrain: flagOf(writable.needDrain(socket)),
    readableLength: isCarrier ? undefined : buffered,
    readableHighWaterMark: numberOf(readable.highWaterMark(socket)),
    readableFlowing: isCarrier ? undefined : flowing,
    reading: flagOf(handle && Reflect.get(handle, "reading")),
    readBytes: numberAt("bytesRead"),
    // What is written counts at once, also while libuv holds it.
    takenBytes: written === undefined || queued === undefined ? undefined : Math.max(0, written - queued),
    noDelay: flagOf(symbolOf(socket, "kSetNoDelay")),
    allowHalfOpen: flagOf(dataOf(socket, "allowHalfOpen")),
    timeoutMs: numberOf(dataOf(socket, "timeout")) || undefined,
    keepAliveTimeoutMs: isObject(server) ? numberOf(dataOf(server, "keepAliveTimeout")) : undefined,
  };
};

/** The socket under what users hold: a http2 session's own `socket` is a proxy, http's messages have theirs. */
const socketUnder = (target: object): object | undefined => {
  const inner = symbolOf(target, "socket") ?? symbolOf(target, "kSocket") ?? dataOf(target, "socket");
  return isObject(inner) ? inner : undefined;
};

/** Never throws; what is not known is `undefined`. `target`: a net, tls or http socket, an http message, a http2 session. */
export const nodeSideOf = (target: unknown): NodeSide => {
  try {
    if (!isObject(target)) return {};
    if (writable.length(target) !== undefined) return sideOf(target);
    const socket = socketUnder(target);
    return socket ? sideOf(socket, target) : {};
  } catch {
    return {};
  }
};
