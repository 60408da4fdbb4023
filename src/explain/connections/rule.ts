// What a rule about connections is given, and what it says. Rules are pure; they look at one socket at a time.
import type { ConnectionReading, ConnectionsReading } from "../../snapshot/connection.js";
import type { Counters, ListenerReading } from "../../snapshot/snapshot.js";
import type { Cause, Evidence, RuledOut, Severity, Symptom } from "../finding.js";
import type { MemoryState } from "../network/memory-short.js";
import type { Thresholds } from "../thresholds.js";
import type { LoopState } from "./loops.js";
import type { KnownPeer } from "./peers.js";
import { type SocketStep, socketStepOf } from "./socket-step.js";
import type { SocketWatch, Stretch } from "./socket-watch.js";

/** One socket at one look, with what is remembered of it. */
export interface SocketView {
  readonly reading: ConnectionReading;
  readonly watch: SocketWatch;
  readonly at: number;
  /** One to two seconds of looks, and what moved in them. */
  readonly stretch: Stretch;
  readonly window: SocketStep;
  readonly loop?: LoopState | undefined;
  readonly look: ConnectionsReading;
  readonly listeners: readonly ListenerReading[];
  /** What is known of the address and port it is connected or connects to, from other connections. */
  readonly peer?: KnownPeer | undefined;
  readonly moved: Counters;
  /** Of sockets, by the last look below them. */
  readonly memory?: MemoryState | undefined;
  readonly outside: boolean;
  /** Somebody asks about this socket now: what one look makes likely is an answer, though no alarm. */
  readonly isAsked?: boolean | undefined;
  /** How long there has been an observer. */
  readonly watchedMs: number;
  /** Milliseconds for which this verdict has held without a pause, 0 when it is new. */
  readonly heldMs: (symptom: Symptom, cause: Cause) => number;
  readonly thresholds: Thresholds;
}

/** What a rule says of one socket. */
export interface Verdict {
  readonly symptom: Symptom;
  readonly cause: Cause;
  readonly severity: Severity;
  readonly confidence: number;
  /** How bad it is for this socket: the worst ones become the examples. */
  readonly weight: number;
  /** `could not send: the peer does not read`: goes with one connection and with many. */
  readonly headline: string;
  /** The figures of this socket, as a clause; asked only of the worst. */
  readonly detail: () => string;
  readonly evidence: () => readonly Evidence[];
  readonly ruledOut: readonly RuledOut[];
  readonly remedy: readonly string[];
  /** The JavaScript that is to blame, innermost first. */
  readonly stack?: readonly string[] | undefined;
  /** Fewer sockets than this are information only. */
  readonly crowd?: number | undefined;
  /** It happened, rather than is: what counts is how often, not how many there are now. */
  readonly isEvent?: boolean | undefined;
  /** How long it must not happen again to be over. Default: `connectionQuietMs`. */
  readonly quietMs?: number | undefined;
  /** It holds, but not for long enough to be told. */
  readonly isYoung?: boolean | undefined;
}

export type SocketRule = (view: SocketView) => Verdict | undefined;

/** What moved in the window of a watch. */
export const windowOf = ({ older, last, lastAt }: SocketWatch): SocketStep =>
  socketStepOf(older.from, last, lastAt - older.fromAt);

/** [name, value, unit, source]: rows without a value are left out, numbers rounded. */
export type Row = readonly [
  name: string,
  value: Evidence["value"] | undefined,
  unit: string | undefined,
  source: string,
];

export const evidenceOf = (rows: readonly Row[]): readonly Evidence[] =>
  rows.flatMap(([name, value, unit, source]) => {
    if (value === undefined) return [];
    const shown = typeof value === "number" ? (value < 10 ? Math.round(value * 100) / 100 : Math.round(value)) : value;
    return [{ name, value: shown, ...(unit === undefined ? {} : { unit }), source }];
  });

/** `info` until it has lasted. */
export const severityAfter = (ms: number, warnMs: number): Severity => (ms >= warnMs ? "warning" : "info");
