// A finding: symptom × cause with its evidence, what was ruled out, and a remedy with a number.

export type Severity = "info" | "warning" | "critical";
/** The graver, the higher. */
export const gravity: Readonly<Record<Severity, number>> = { info: 1, warning: 2, critical: 3 };

/** The accept causes, in the order in which the first that fits is the cause. */
export const acceptCauses = [
  "process-stopped",
  "cpu-throttled",
  "cpu-starved",
  "fd-exhausted",
  "event-loop-blocked",
  "not-accepting",
  "event-loop-saturated",
  "cluster-queue",
  "backlog-clamped",
  "backlog-too-small",
  "unknown",
] as const;
export type AcceptCause = (typeof acceptCauses)[number];

/** Symptoms of listeners and their accept queues. */
export const acceptSymptoms = [
  "accept-queue-overflow",
  "accept-queue-pressure",
  "accept-wait",
  "abandoned-in-queue",
  "ghost-connections",
  "connections-reset",
  "connections-shed",
  "syn-queue-overflow",
] as const;
export type AcceptSymptom = (typeof acceptSymptoms)[number];

/** Symptoms of sockets that are no listeners. */
export const connectionSymptoms = [
  "write-stalled",
  "write-buffered-in-process",
  "read-stalled",
  "throughput-limited",
  "data-pruned",
  "datagrams-dropped",
  "connections-leaking",
  "connect-failing",
  "requests-reset",
] as const;

/** Symptoms below the sockets: of interfaces, CPUs and memory. */
export const networkSymptoms = ["packets-dropped", "softirq-squeezed", "memory-pressure"] as const;

export type Symptom = AcceptSymptom | (typeof connectionSymptoms)[number] | (typeof networkSymptoms)[number];

/** Every symptom this version can report. */
export const symptoms: readonly Symptom[] = [...acceptSymptoms, ...connectionSymptoms, ...networkSymptoms];

/** Causes on the accept path beside the accept causes. */
export const otherCauses = ["listener-closed", "max-connections", "syn-flood", "handshakes-incomplete"] as const;

/** Causes of what goes wrong with connections, beside `event-loop-blocked` and `unknown`. */
export const connectionCauses = [
  "peer-not-reading",
  "path-blackhole",
  "nagle-delayed-ack",
  "application-not-reading",
  "out-of-order-hole",
  "receive-window",
  "send-buffer",
  "congestion-window",
  "packet-loss",
  "receive-buffer",
  "shaped-link",
  "backpressure-ignored",
  "receive-buffer-full",
  "memory-pressure",
  "close-wait",
  "half-open",
  "peer-overflowing",
  "peer-refusing",
  "ports-exhausted",
  "keep-alive-race",
  "closed-with-unread-data",
] as const;

/** Causes below the sockets, beside `unknown`. */
export const networkCauses = [
  "nic-ring-full",
  "softnet-backlog-full",
  "qdisc-full",
  "budget-too-small",
  "cpu-saturated",
  "irq-imbalance",
  "tcp-mem",
  "cgroup-memory",
  "orphans",
] as const;
export type Cause =
  | AcceptCause
  | (typeof otherCauses)[number]
  | (typeof connectionCauses)[number]
  | (typeof networkCauses)[number];

export interface Subject {
  readonly kind: "listener" | "connection" | "connections" | "interface" | "cpu" | "host" | "process";
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
  readonly peer?: string | undefined;
  readonly interface?: string | undefined;
  readonly cpu?: number | undefined;
  readonly pid?: number | undefined;
  readonly fd?: number | undefined;
  readonly count?: number | undefined;
  readonly examples?: readonly string[] | undefined;
}

/** One figure that carries the finding, with where it was read. */
export interface Evidence {
  readonly name: string;
  readonly value: number | string | bigint;
  readonly unit?: string | undefined;
  /** Kernel interface (`SO_MEMINFO[8]`, `/proc/net/netstat ListenOverflows`), or `estimate: …` for what was derived. */
  readonly source: string;
}

/** A cause that was considered and does not fit, with the figure that speaks against it. */
export interface RuledOut {
  readonly cause: Cause;
  readonly because: string;
}

export interface Finding {
  /** Stable from begin to resolved. */
  readonly id: string;
  readonly symptom: Symptom;
  readonly cause: Cause;
  readonly severity: Severity;
  /** 0..1: how well the evidence carries symptom and cause together. */
  readonly confidence: number;
  readonly state: "active" | "resolved";
  readonly subject: Subject;
  /** One plain sentence with the figures that matter. */
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  readonly ruledOut: readonly RuledOut[];
  /** The JavaScript that blocked the loop, innermost first, when known. */
  readonly stack?: readonly string[] | undefined;
  /** What to change, most effective first, with the number to use. */
  readonly remedy: readonly string[];
  /** What the model says would have happened with the remedy. */
  readonly prediction?: Readonly<Record<string, unknown>> | undefined;
  /** Epoch ms. */
  readonly firstSeen: number;
  readonly lastSeen: number;
}
