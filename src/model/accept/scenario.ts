// An accept scenario and what a run of it gives: the shapes of `sockscope simulate`. Times in seconds.
import type { Sysctls } from "../../snapshot/snapshot.js";

/** `count` connects at one moment, or `rate` a second, evenly spaced, until (and without) `until`. */
export type Pattern =
  | { readonly at: number; readonly count: number }
  | { readonly from: number; readonly until: number; readonly rate: number };

/** `spoofed`: forged SYNs, nobody answers the SYN-ACK. */
export type Arrival = Pattern & { readonly spoofed?: boolean | undefined };

/** Accepts as many as wait, up to `count`; or one at a time, `rate` a second. */
export type AcceptCall =
  | { readonly at: number; readonly count: number | "all" }
  | { readonly from: number; readonly until: number; readonly rate: number };

/** Processes that accept, serve and accept again: workers on one listener. */
export interface BlockingServerSpec {
  /** 1 by default. */
  readonly workers?: number | undefined;
  readonly serviceTime: number;
}

/** The loop's thread does not run: stopped, out of its cgroup's quota, waiting for a CPU, or the host took the CPU. */
export interface Pause {
  readonly kind: "stopped" | "throttled" | "starved" | "stolen";
  readonly from: number;
  readonly until: number;
  /** Of each 100 ms it runs so many seconds at first; 0 by default. */
  readonly quota?: number | undefined;
}

/** JavaScript that does not return; `onCpu: false` waits in a system call instead of computing. */
export interface Stall {
  readonly at: number;
  readonly duration: number;
  readonly onCpu?: boolean | undefined;
}

export interface Pace {
  readonly from: number;
  readonly until: number;
  readonly serviceTime: number;
}

/** Workers of a cluster (SCHED_RR), and what a connection takes each of them before it takes the next. */
export interface HandOutSpec {
  readonly workers: number;
  readonly serviceTime: number;
}

/** A Node process (told from a blocking server by `acceptsPerIteration`): what one iteration accepts, what a request costs, and what goes wrong. */
export interface EventLoopSpec {
  /** So many loops watch the listener, each with the faults below; 1 by default. */
  readonly workers?: number | undefined;
  /** 1 since libuv 1.45; "all" before. */
  readonly acceptsPerIteration: number | "all";
  /** CPU time a request costs, in the iteration that accepts it. */
  readonly serviceTime?: number | undefined;
  /** A connection stays open for so long after its request was served. */
  readonly holdTime?: number | undefined;
  /** A timer that makes the loop turn even when nothing arrives. */
  readonly tick?: number | undefined;
  readonly stalls?: readonly Stall[] | undefined;
  readonly pauses?: readonly Pause[] | undefined;
  /** Between two moments a request costs something else. */
  readonly paces?: readonly Pace[] | undefined;
  /** The loop turns, and does not accept. */
  readonly notAccepting?: readonly { readonly from: number; readonly until: number }[] | undefined;
  readonly maxConnections?: number | undefined;
  /** It is a cluster's primary: it accepts, and workers serve. */
  readonly handsOut?: HandOutSpec | undefined;
  readonly fds?: { readonly open: number; readonly limit: number } | undefined;
}

export type ServerSpec = readonly AcceptCall[] | BlockingServerSpec | EventLoopSpec;

export interface ListenerSpec {
  readonly backlog: number;
  readonly closeAt?: number | undefined;
  /** TCP_DEFER_ACCEPT, seconds: a client is accepted when it has sent something, or after so long. */
  readonly deferAccept?: number | undefined;
  /** So many listeners on the port (SO_REUSEPORT); each client belongs to one of them by its address. */
  readonly reuseport?: number | undefined;
  /** The member of the group that each client belongs to, in the order in which they come; drawn where none is given. */
  readonly hashed?: readonly number[] | undefined;
}

/** What had been sent by `sentUntil`, and not come before, arrived at `at`; in the order of time. */
export type Train = readonly [sentUntil: number, at: number];

export interface Trains {
  readonly toListener: readonly Train[];
  readonly toClients: readonly Train[];
}

export interface AcceptScenario {
  readonly kind: "accept";
  readonly listener: ListenerSpec;
  /** The release whose kernel is modelled ("6.12"); the newest that was measured by default. */
  readonly kernel?: string | undefined;
  readonly sysctl?: (Sysctls & { readonly base?: "linux" | "host" | undefined }) | undefined;
  /** Round trip; below 0.0005 loopback, where handshakes run one after another. */
  readonly rtt?: number | undefined;
  readonly arrivals: readonly Arrival[];
  /** One server (each member of a group has one), or several: all on the listener, or one on each member. */
  readonly accepts?: ServerSpec | { readonly servers: readonly ServerSpec[] } | undefined;
  readonly clients?:
    | {
        /** connect() is given up after so many seconds; null: when the kernel does. */
        readonly timeout?: number | null | undefined;
        /** A client that was not accepted by then closes. */
        readonly patience?: number | null | undefined;
        readonly speakFirst?: boolean | undefined;
        /** Local ports that they have; a connection that was accepted holds its own for a minute more (TIME-WAIT). */
        readonly ports?: number | undefined;
        /** When each client speaks, in the order in which they come; null: never. As soon as it is connected where nothing is given. */
        readonly spokenAt?: readonly (number | null)[] | undefined;
      }
    | undefined;
  /** Nothing arrives any more from then on. */
  readonly blackholeAt?: number | undefined;
  /** When what was on its way arrived, where a link was watched; what was sent later takes half of `rtt`. */
  readonly trains?: Trains | undefined;
  readonly seed?: number | undefined;
  /** The kernel's tick count (250 a second) at the start, which begins with it; drawn by default. */
  readonly tick?: number | undefined;
  readonly until?: number | undefined;
}

/** `deferred`: connected, and the kernel waits for its data (TCP_DEFER_ACCEPT). `no-port`: connect() found none free. */
export type Outcome = "accepted" | "queued" | "deferred" | "ghost" | "reset" | "timed-out" | "no-port" | "pending";

/** One client. `connectedAt` is its own view: a ghost has one. */
export interface ConnectRecord {
  readonly at: number;
  readonly synAttempts: number;
  readonly connectedAt: number | null;
  readonly acceptedAt: number | null;
  readonly outcome: Outcome;
}

/** The queues and the counters so far, at a moment at which something changed. */
export interface TimelineEntry {
  readonly at: number;
  readonly acceptQueue: number;
  readonly synQueue: number;
  readonly accepted: number;
  readonly overflows: number;
  readonly drops: number;
  readonly listenerDrops: number;
}

/** What it costs to let clients wait, and what to turn them away. */
export interface Cost {
  /** Kernel memory that connections held at the most before anyone accepted them: sockets, requests and their data. */
  readonly peakQueuedBytes: number;
  /** From connect() to accept, as the accepted clients see it: the time in the queue and that of repeated SYNs. */
  readonly clientWait: Quantiles;
  /** Clients that were reset, gave up, or believe in a connection that nobody has. */
  readonly turnedAway: number;
}

/** Seconds; null where there was nobody. */
export interface Quantiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
}

/** One listener of a SO_REUSEPORT group. */
export interface MemberResult {
  readonly admitted: number;
  readonly accepted: number;
  readonly listenerDrops: number;
  readonly peakAcceptQueue: number;
}

export interface AcceptResult {
  readonly kind: "accept";
  /** The limit as the kernel would hold it; one more fits. */
  readonly limit: number;
  readonly arrivals: number;
  /** Clients that had to repeat their SYN: at least a second late. */
  readonly retried: number;
  readonly admitted: number;
  /** ListenOverflows. */
  readonly overflows: number;
  /** ListenDrops. */
  readonly drops: number;
  /** SO_MEMINFO[8] of the listener. */
  readonly listenerDrops: number;
  /** Clients that were reset. */
  readonly resets: number;
  /** Clients that are connected at the end and for whom the server has no socket. */
  readonly ghosts: number;
  /** Of a group: the longest of its queues. */
  readonly peakAcceptQueue: number;
  readonly accepted: number;
  /** The kernel's counters that moved, by its names. */
  readonly counters: Readonly<Record<string, number>>;
  /** How long the accepted waited in the queue. */
  readonly wait: Quantiles;
  readonly cost: Cost;
  /** Of a SO_REUSEPORT group: each listener's share. */
  readonly members?: readonly MemberResult[] | undefined;
  readonly connects: readonly ConnectRecord[];
  /** Clients beyond the first 10,000 are counted, not listed. */
  readonly connectsOmitted: number;
  readonly timeline: readonly TimelineEntry[];
}
