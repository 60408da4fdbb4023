// Checks an accept scenario before it runs.
import {
  boolean,
  boundTotal,
  type Check,
  count,
  either,
  fail,
  int32,
  integer,
  isObject,
  list,
  most,
  number,
  object,
  oneOf,
  pattern,
  positiveSeconds,
  seconds,
} from "../checks.js";
import { versionOf } from "./generation.js";
import type { AcceptScenario } from "./scenario.js";

const span = { from: seconds, until: seconds };
const eventLoop = object(
  { acceptsPerIteration: either("all", integer(1, most), '"all" or an integer from 1') },
  {
    workers: integer(1, most),
    serviceTime: seconds,
    holdTime: seconds,
    tick: number(0.001, 3600),
    stalls: list(object({ at: seconds, duration: seconds }, { onCpu: boolean })),
    pauses: list(
      object({ kind: oneOf("stopped", "throttled", "starved", "stolen"), ...span }, { quota: number(0, 0.1) }),
    ),
    paces: list(object({ ...span, serviceTime: seconds })),
    notAccepting: list(object(span)),
    maxConnections: count,
    handsOut: object({ workers: integer(1, most), serviceTime: positiveSeconds }),
    fds: object({ open: count, limit: count }),
  },
);

const server: Check = (value, path) => {
  if (Array.isArray(value)) return list(pattern(either("all", count, '"all" or an integer from 0')))(value, path);
  if (!isObject(value)) return fail(path, value, "an array of accepts, a blocking server or an event loop");
  if ("acceptsPerIteration" in value) return eventLoop(value, path);
  object({ serviceTime: positiveSeconds }, { workers: integer(1, most) })(value, path);
};

const accepts: Check = (value, path) => {
  if (isObject(value) && "servers" in value) object({ servers: list(server) })(value, path);
  else server(value, path);
};

const release: Check = (value, path) => {
  if (typeof value !== "string" || !versionOf(value))
    fail(path, value, 'a release from "4.10", as "6.12" or "6.1.125",');
};

const mostMembers = 1024;
const listener = object(
  { backlog: integer(-int32 - 1, int32) },
  {
    closeAt: seconds,
    deferAccept: integer(0, int32),
    reuseport: integer(1, mostMembers),
    hashed: list(integer(0, mostMembers - 1)),
  },
);

const train: Check = (value, path) => {
  list(seconds)(value, path);
  if (Array.isArray(value) && value.length !== 2) fail(path, value, "[sentUntil, at]");
};

const retries = integer(0, 255);
const shape = object(
  {
    kind: oneOf("accept"),
    listener,
    arrivals: list(pattern(count, { spoofed: boolean })),
  },
  {
    sysctl: object(
      {},
      {
        base: oneOf("linux", "host"),
        somaxconn: integer(0, int32),
        tcp_max_syn_backlog: integer(0, int32),
        tcp_syncookies: oneOf(0, 1, 2),
        tcp_abort_on_overflow: oneOf(0, 1),
        tcp_syn_linear_timeouts: retries,
        tcp_synack_retries: retries,
        tcp_syn_retries: integer(0, 127),
      },
    ),
    kernel: release,
    rtt: number(0, 60),
    blackholeAt: seconds,
    trains: object({ toListener: list(train), toClients: list(train) }),
    accepts,
    clients: object(
      {},
      {
        timeout: either(null, positiveSeconds, "null or seconds above 0"),
        patience: either(null, positiveSeconds, "null or seconds above 0"),
        speakFirst: boolean,
        ports: integer(1, 65_536),
        spokenAt: list(either(null, seconds, "null or seconds")),
      },
    ),
    seed: integer(0, 2 ** 32 - 1),
    tick: integer(0, Number.MAX_SAFE_INTEGER),
    until: seconds,
  },
);

/** The servers of a group are its members', and clients are hashed to members that there are. */
const checkGroup = ({ listener: { reuseport = 1, hashed = [] }, accepts: given }: AcceptScenario): void => {
  const outside = hashed.findIndex((member) => member >= reuseport);
  if (outside >= 0) fail(`$.listener.hashed[${outside}]`, hashed[outside], `a member below ${reuseport}`);
  if (!given || !("servers" in given) || reuseport === 1) return;
  const { servers } = given;
  if (servers.length !== reuseport) fail("$.accepts.servers", servers, `a list of ${reuseport}, one for each member,`);
};

/** `value` is an accept scenario; throws ScenarioError. */
export const checkAccept: Check = (value, path) => {
  shape(value, path);
  const scenario = value as AcceptScenario;
  // What waits takes memory.
  boundTotal(scenario, "arrivals");
  checkGroup(scenario);
};
