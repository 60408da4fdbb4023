// What connect(2) calls came to, added up by place: the main thread's account, of which the observer gets copies.
// Bounded: of more places than it holds, the one not heard of for longest is forgotten.
import {
  type ConnectError,
  connectErrors,
  type ConnectFailureReading,
  type ConnectPlace,
  type ConnectTimeReading,
  connectTimeBoundsMs,
} from "../../snapshot/connection.js";

export interface ConnectAccount {
  failed(code: ConnectError, place: ConnectPlace): void;
  opened(place: ConnectPlace, tookMs: number): void;
  readonly failures: readonly ConnectFailureReading[];
  readonly times: readonly ConnectTimeReading[];
}

const maxPlaces = 64;

const nameOf = ({ address, port, path }: ConnectPlace): string => path ?? `${address} ${port}`;

/** Puts what is told last to the end, and drops the front where there are too many. */
const keep = <Row>(rows: Map<string, Row>, name: string, row: Row): void => {
  rows.delete(name);
  if (rows.size >= maxPlaces) for (const oldest of [...rows.keys()].slice(0, 1)) rows.delete(oldest);
  rows.set(name, row);
};

const bucketOf = (ms: number): number => {
  const found = connectTimeBoundsMs.findIndex((bound) => ms <= bound);
  return found < 0 ? connectTimeBoundsMs.length : found;
};

const noTimes = {
  count: 0,
  sumMs: 0,
  slowestMs: 0,
  buckets: Array.from<number>({ length: connectTimeBoundsMs.length + 1 }).fill(0),
};

export const createConnectAccount = (): ConnectAccount => {
  const failures = new Map<string, ConnectFailureReading>();
  const times = new Map<string, ConnectTimeReading>();
  return {
    failed(code, place) {
      const name = `${code} ${nameOf(place)}`;
      keep(failures, name, { code, ...place, count: (failures.get(name)?.count ?? 0) + 1 });
    },
    opened(place, tookMs) {
      const name = nameOf(place);
      const { count, sumMs, slowestMs, buckets } = times.get(name) ?? noTimes;
      const bucket = bucketOf(tookMs);
      keep(times, name, {
        ...place,
        count: count + 1,
        sumMs: sumMs + tookMs,
        slowestMs: Math.max(slowestMs, tookMs),
        buckets: buckets.map((n, i) => (i === bucket ? n + 1 : n)),
      });
    },
    get failures() {
      return [...failures.values()];
    },
    get times() {
      return [...times.values()];
    },
  };
};

const isConnectError = (code: unknown): code is ConnectError => connectErrors.some((known) => known === code);

const propertyOf = (error: object, name: string): unknown => Reflect.get(error, name);

export interface ConnectFailure {
  readonly code: ConnectError;
  readonly place: ConnectPlace;
}

/**
 * What an 'error' of a connecting socket says of connect(2): of several attempts (AggregateError, one for each address of
 * a name) the last: Node ends the earlier ones itself, after 250 ms. `undefined`: it is about something else.
 */
export const failureOf = (error: unknown): ConnectFailure | undefined => {
  if (typeof error !== "object" || error === null) return undefined;
  const attempts = propertyOf(error, "errors");
  if (Array.isArray(attempts) && attempts.length > 0) return failureOf(attempts.at(-1));
  const code = propertyOf(error, "code");
  if (propertyOf(error, "syscall") !== "connect" || !isConnectError(code)) return undefined;
  const [address, port] = [propertyOf(error, "address"), propertyOf(error, "port")];
  if (typeof address !== "string") return { code, place: {} };
  return { code, place: typeof port === "number" ? { address, port } : { path: address } };
};

/** Where `socket.connect(...args)` goes, as far as the arguments tell; Node hands its own calls on as `[[options, cb]]`. */
export const placeOf = (args: readonly unknown[]): ConnectPlace | undefined => {
  const [first, second] = args;
  if (Array.isArray(first)) return placeOf(first);
  if (typeof first === "string" && !/^\d+$/.test(first)) return { path: first };
  const isOptions = typeof first === "object" && first !== null;
  const path: unknown = isOptions ? Reflect.get(first, "path") : undefined;
  if (typeof path === "string") return { path };
  const port = Number(isOptions ? Reflect.get(first, "port") : first);
  const host: unknown = isOptions ? Reflect.get(first, "host") : second;
  return Number.isInteger(port) ? { address: typeof host === "string" ? host : "localhost", port } : undefined;
};
