// Every number the rules below the sockets compare with, each with its reason. All of them are options of start().

export interface NetworkThresholds {
  /** Packets lost below the sockets between two readings from which it is told: one now and then costs one repeat. */
  readonly droppedPackets: number;
  /** … and the part of all received packets from which a person should act: at a round trip of 10 ms TCP then gets
   * 6 MB/s at most (1.22 segments a round trip over the root of the share). */
  readonly droppedShare: number;
  /** Part of the packets from which a loss below the sockets is critical: TCP halves its window all the time. */
  readonly droppedCriticalShare: number;
  /** Part of what goes out that a full queue may throw away before a person should act: dropping is how TCP learns
   * what a shaped link takes. */
  readonly queueDroppedShare: number;
  /** Times a second that a CPU leaves receive work behind from which it is told: a few a minute are normal. */
  readonly squeezesPerSecond: number;
  /** Part of a CPU's time in softirqs from which it can take no more packets. */
  readonly softirqSaturatedShare: number;
  /** Packets that wait in a CPU's softnet backlog at two looks in a row from which it is behind: one full poll. */
  readonly standingPackets: number;
  /** Part of a card's interrupts on one CPU from which the others do not help. */
  readonly imbalanceShare: number;
  /** Part of the limit for socket memory from which sockets are held back: memory is charged in batches. */
  readonly memoryFullShare: number;
  /** Part of tcp_max_orphans from which orphans are reset: the kernel counts a stubborn one four times. */
  readonly orphansShare: number;
}

export const networkThresholds: NetworkThresholds = {
  droppedPackets: 10,
  droppedShare: 0.001,
  droppedCriticalShare: 0.01,
  queueDroppedShare: 0.005,
  squeezesPerSecond: 10,
  softirqSaturatedShare: 0.9,
  standingPackets: 64,
  imbalanceShare: 0.9,
  memoryFullShare: 0.95,
  orphansShare: 0.25,
};
