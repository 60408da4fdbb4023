// Checks a transfer scenario before it runs.
import {
  boolean,
  type Check,
  either,
  fail,
  integer,
  isObject,
  list,
  number,
  object,
  oneOf,
  positiveSeconds,
  seconds,
} from "../checks.js";

const mostBytes = 1e9;
const bytes = integer(1, mostBytes);
const buffer = either("auto", integer(2304, mostBytes), '"auto" or an integer from 2304');
const share = number(0, 1);
const triple: Check = (value, path) => {
  list(integer(1, mostBytes))(value, path);
  if (Array.isArray(value) && value.length !== 3) fail(path, value, "[least, first, most]");
};

const readPattern: Check = (value, path) => {
  if (isObject(value) && "at" in value) object({ at: seconds, bytes }, { chunk: bytes })(value, path);
  else if (isObject(value) && "every" in value)
    object({ from: seconds, until: seconds, every: positiveSeconds, bytes })(value, path);
  else if (isObject(value) && "from" in value) object({ from: seconds, chunk: bytes }, { until: seconds })(value, path);
  else fail(path, value, "{ at, bytes }, { from, until, every, bytes } or { from, chunk }");
};

const node = object(
  {},
  {
    highWaterMark: integer(0, mostBytes),
    heedsDrain: boolean,
    pauses: list(object({ from: seconds, until: seconds })),
    workPerChunk: seconds,
    answerBytes: bytes,
    keepAliveTimeout: positiveSeconds,
  },
);

const spec = object(
  {},
  {
    sndbuf: buffer,
    rcvbuf: buffer,
    nonblocking: boolean,
    nodelay: boolean,
    congestion: oneOf("cubic", "reno", "bbr"),
    lowat: bytes,
    notsentLowat: bytes,
    userTimeout: positiveSeconds,
    keepAlive: object({ idle: positiveSeconds, interval: positiveSeconds, probes: integer(1, 127) }),
    buffers: list(object({ at: seconds, rcvbuf: integer(2304, mostBytes) })),
    memoryLimit: bytes,
    node,
    writes: list(object({ at: seconds, bytes }, { chunk: bytes, every: positiveSeconds })),
    reads: list(readPattern),
    closeAt: seconds,
    shutdownAt: seconds,
  },
);

/** A Node stream reads by itself. */
const endpoint: Check = (value, path) => {
  spec(value, path);
  if (!isObject(value)) return;
  const { node: program, reads } = value;
  if (program !== undefined && reads !== undefined) fail(`${path}.reads`, reads, "nothing beside node");
};

/** `value` is a transfer scenario; throws ScenarioError. */
export const checkTransfer: Check = object(
  { kind: oneOf("transfer"), sender: endpoint, receiver: endpoint },
  {
    path: object(
      { device: oneOf("loopback", "veth", "wire") },
      {
        rtt: number(0, 60),
        mtu: integer(576, 65_536),
        rate: either(null, number(1, 1e12), "null or bytes a second"),
        queue: integer(1, 1e6),
        queueBytes: integer(1, mostBytes),
        bottleneck: oneOf("device", "link"),
        loss: share,
        reorder: share,
        reorderDelay: seconds,
        gso: boolean,
        gro: boolean,
        delayedLink: oneOf("tun", "device"),
        blackholeAt: seconds,
        blackholeUntil: seconds,
      },
    ),
    connections: integer(1, 1000),
    sysctl: object(
      {},
      {
        base: oneOf("linux", "host"),
        tcp_rmem: triple,
        tcp_wmem: triple,
        tcp_retries2: integer(0, 255),
        tcp_mem: triple,
        tcp_max_orphans: integer(0, mostBytes),
      },
    ),
    seed: integer(0, 2 ** 32 - 1),
    until: seconds,
  },
);
