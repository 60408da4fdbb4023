// The contract's symptoms beyond those of listeners, each with its causes.

export const causesOf = {
  "write-stalled": ["peer-not-reading", "path-blackhole", "nagle-delayed-ack", "event-loop-blocked"],
  "write-buffered-in-process": ["backpressure-ignored"],
  "read-stalled": ["application-not-reading", "event-loop-blocked", "out-of-order-hole"],
  "throughput-limited": [
    "receive-window",
    "send-buffer",
    "congestion-window",
    "packet-loss",
    "receive-buffer",
    "shaped-link",
  ],
  "data-pruned": ["receive-buffer-full", "memory-pressure"],
  "datagrams-dropped": ["application-not-reading", "event-loop-blocked", "receive-buffer"],
  "packets-dropped": ["nic-ring-full", "softnet-backlog-full", "qdisc-full"],
  "softirq-squeezed": ["budget-too-small", "cpu-saturated", "irq-imbalance"],
  "connections-leaking": ["close-wait", "half-open"],
  "connect-failing": ["ports-exhausted", "peer-refusing", "peer-overflowing", "path-blackhole"],
  "requests-reset": ["keep-alive-race", "closed-with-unread-data"],
  "memory-pressure": ["tcp-mem", "cgroup-memory", "orphans"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
