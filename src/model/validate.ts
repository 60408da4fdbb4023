// Checks a scenario before it runs: one error that names the JSON path, what stood there and what is accepted.
import type { Sysctls } from "../snapshot/snapshot.js";
import type { AcceptScenario } from "./accept/scenario.js";

/** A malformed scenario. `message` is one line. */
export class ScenarioError extends Error {
  readonly path: string;
  constructor(path: string, found: unknown, accepted: string) {
    super(`${path}: ${describe(found)} is not accepted here, ${accepted} is`);
    this.name = "ScenarioError";
    this.path = path;
  }
}

const mostShown = 60;
const describe = (found: unknown): string => {
  if (found === undefined) return "nothing";
  if (typeof found === "number" && !Number.isFinite(found)) return String(found);
  const text = JSON.stringify(found) ?? typeof found;
  return text.length > mostShown ? `${text.slice(0, mostShown - 1)}…` : text;
};

type Check = (value: unknown, path: string) => void;
type Fields = Readonly<Record<string, Check>>;

const fail = (path: string, found: unknown, accepted: string): never => {
  throw new ScenarioError(path, found, accepted);
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const number =
  (from: number, to: number, isWhole = false): Check =>
  (value, path) => {
    const fits = typeof value === "number" && value >= from && value <= to && (!isWhole || Number.isInteger(value));
    if (!fits) fail(path, value, `${isWhole ? "an integer" : "a number"} from ${from} to ${to}`);
  };
const integer = (from: number, to: number): Check => number(from, to, true);

const oneOf =
  (...accepted: readonly unknown[]): Check =>
  (value, path) => {
    if (!accepted.includes(value)) fail(path, value, accepted.map((one) => JSON.stringify(one)).join(" or "));
  };

/** The first that fits; `accepted` says in words what the others would be. */
const either =
  (literal: unknown, check: Check, accepted: string): Check =>
  (value, path) => {
    if (value === literal) return;
    try {
      check(value, path);
    } catch {
      fail(path, value, accepted);
    }
  };

const object =
  (required: Fields, optional: Fields = {}): Check =>
  (value, path) => {
    const fields: Fields = { ...required, ...optional };
    const names = Object.keys(fields).join(", ");
    if (!isObject(value)) return fail(path, value, `an object with ${names}`);
    for (const [key, found] of Object.entries(value))
      if (!Object.hasOwn(fields, key)) fail(`${path}.${key}`, found, names);
    for (const key of Object.keys(required)) required[key]!(value[key], `${path}.${key}`);
    for (const key of Object.keys(optional)) if (value[key] !== undefined) optional[key]!(value[key], `${path}.${key}`);
  };

const list =
  (check: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return fail(path, value, "an array");
    for (const [index, entry] of value.entries()) check(entry, `${path}[${index}]`);
  };

/** Seconds: ten days, far below what virtual nanoseconds can count. */
const seconds = number(0, 864_000);
const positiveSeconds = number(1e-9, 864_000);
const most = 10_000_000;
const count = integer(0, most);
const rate = number(1e-6, 1e9);
const boolean = oneOf(true, false);
const int32 = 2 ** 31 - 1;

/** A pattern is told by `at` or by `from`. */
const pattern =
  (countCheck: Check, optional: Fields = {}): Check =>
  (value, path) => {
    if (isObject(value) && "from" in value) {
      object({ from: seconds, until: seconds, rate }, optional)(value, path);
    } else if (isObject(value) && "at" in value) object({ at: seconds, count: countCheck }, optional)(value, path);
    else fail(path, value, "{ at, count } or { from, until, rate }");
  };

const span = { from: seconds, until: seconds };
const eventLoop = object(
  { acceptsPerIteration: either("all", integer(1, most), '"all" or an integer from 1') },
  {
    serviceTime: seconds,
    holdTime: seconds,
    tick: number(0.001, 3600),
    stalls: list(object({ at: seconds, duration: seconds }, { onCpu: boolean })),
    pauses: list(
      object({ kind: oneOf("stopped", "throttled", "starved", "stolen"), ...span }, { quota: number(0, 0.1) }),
    ),
    notAccepting: list(object(span)),
    maxConnections: count,
    fds: object({ open: count, limit: count }),
  },
);

const accepts: Check = (value, path) => {
  if (Array.isArray(value)) return list(pattern(either("all", count, '"all" or an integer from 0')))(value, path);
  if (!isObject(value)) return fail(path, value, "an array of accepts, a blocking server or an event loop");
  if ("acceptsPerIteration" in value) return eventLoop(value, path);
  object({ serviceTime: positiveSeconds }, { workers: integer(1, most) })(value, path);
};

const retries = integer(0, 255);
const accept = object(
  {
    kind: oneOf("accept"),
    listener: object({ backlog: integer(-int32 - 1, int32) }, { closeAt: seconds }),
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
    rtt: number(0, 60),
    accepts,
    clients: object(
      {},
      {
        timeout: either(null, positiveSeconds, "null or seconds above 0"),
        patience: either(null, positiveSeconds, "null or seconds above 0"),
        speakFirst: boolean,
      },
    ),
    seed: integer(0, 2 ** 32 - 1),
    until: seconds,
  },
);

/** Each pattern alone may be in bounds and all together not: what waits takes memory. */
const checkTotal = ({ arrivals, until: end = Number.POSITIVE_INFINITY }: AcceptScenario): void => {
  let total = 0;
  for (const [index, one] of arrivals.entries()) {
    total += "at" in one ? one.count : one.rate * Math.max(0, Math.min(one.until, end) - one.from);
    if (total > most) fail(`$.arrivals[${index}]`, one, `what makes at most ${most} arrivals in all`);
  }
};

/** The kinds of scenario that can be run. */
const kinds: Fields = { accept };

/** Returns the scenario with the host's settings under the given ones where `base` asks for them. */
export function parseScenario(value: unknown, host?: Sysctls): AcceptScenario {
  if (!isObject(value)) return fail("$", value, "an object with kind, listener, arrivals");
  const { kind } = value;
  if (typeof kind !== "string" || !Object.hasOwn(kinds, kind))
    return fail(
      "$.kind",
      kind,
      Object.keys(kinds)
        .map((name) => JSON.stringify(name))
        .join(" or "),
    );
  kinds[kind]!(value, "$");
  const scenario = value as unknown as AcceptScenario;
  checkTotal(scenario);
  if (scenario.sysctl?.base !== "host") return scenario;
  if (!host) return fail("$.sysctl.base", "host", '"linux" (this machine\'s settings were not handed over)');
  const known = Object.fromEntries(Object.entries(host).filter(([, setting]) => setting !== undefined));
  return { ...scenario, sysctl: { ...known, ...scenario.sysctl, base: "linux" } };
}
