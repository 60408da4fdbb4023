// Every number the rules about connections compare with, each with its reason. All of them are options of start().

export interface ConnectionThresholds {
  /** Bytes that have not moved for this long are stalled: loopback's own stalls last 200 ms and a little, a first
   * retransmission comes after 240 ms, a second after 470 ms. */
  readonly stalledMs: number;
  /** … from here a person should act: slower readers than one read in three seconds are hardly meant. */
  readonly stalledWarnMs: number;
  /** Timeouts in a row of one segment from which the path counts as dead: one may be a lost burst. */
  readonly timeoutsInARow: number;
  /** Received bytes that nobody has read for this long: an iteration of the loop is far shorter. Two looks at the default
   * interval, which may be a little less than a second apart. */
  readonly unreadMs: number;
  /** … from here a person should act; a stream is paused for backpressure for less than a few seconds. */
  readonly unreadWarnMs: number;
  /** A gap in what was received that stands this long: fast retransmission repairs it in a round trip. */
  readonly holeMs: number;
  /** Round trips with a 40 ms stall in one window (of one or two seconds) from which Nagle costs something. */
  readonly nagleRounds: number;
  /** Round-trip times below this make no window and no buffer too small: even 64 KB give 64 MB/s. */
  readonly pathRttMs: number;
  /** How long one limit must hold a transfer back until a person should act. */
  readonly limitedWarnMs: number;
  /** Part of the busy time held by the peer's window from which that is the limit (measured: 0.96 and more). */
  readonly windowLimitedShare: number;
  /** Round-trip time against the least seen, from which bytes queue on the path (measured: 6 and 27; healthy: 1). */
  readonly queueingFactor: number;
  /** … and the least delay that this must come to. */
  readonly queueingMs: number;
  /** Queueing delay from which everything else on that link suffers. */
  readonly queueingWarnMs: number;
  /** Part of the sent segments that was lost for good, reordering and duplicates taken out. */
  readonly lossShare: number;
  /** Bytes by which Node's own buffer must have grown, above its mark all the time. */
  readonly bufferedGrowthBytes: number;
  /** A connection that the peer closed and this side did not for this long is forgotten: nobody waits for it. */
  readonly closeWaitMs: number;
  /** … and this many of them are a leak, where they become more. */
  readonly leakedConnections: number;
  /** Keep-alive probes without an answer from which the peer is gone. */
  readonly unansweredProbes: number;
  /** Datagrams dropped from which a person should act: UDP loses one now and then. */
  readonly droppedDatagrams: number;
  /** How long a SYN must go unanswered: two repeats come a second apart, and answers hurry. One may be lost. */
  readonly unansweredSynMs: number;
  /** Failed connects from which a person should act: one or two are a service that starts. */
  readonly failedConnects: number;
  /** Connects fail no more when none failed for this long: clients that try again wait some seconds in between. */
  readonly connectQuietMs: number;
  /** Unread bytes of a closed TLS connection from which they may be a request: a goodbye is 24 to 53. */
  readonly unreadAtCloseBytes: number;
  /** Idle for this long when it was closed, where `server.keepAliveTimeout` is not known: less is no idle timeout. */
  readonly idleCloseMs: number;
  /** Connections closed on unread data from which a person should act: one may be a peer whose bytes were not wanted. */
  readonly closedUnread: number;
  /** Quiet time after which a finding about reset requests is resolved: they come now and then. */
  readonly resetQuietMs: number;
  /** Quiet time after which a finding about connections is resolved: three looks at the default interval. */
  readonly connectionQuietMs: number;
  /** A finding about this many connections is critical. */
  readonly criticalConnections: number;
}

export const connectionThresholds: ConnectionThresholds = {
  stalledMs: 1000,
  stalledWarnMs: 3000,
  timeoutsInARow: 2,
  unreadMs: 900,
  unreadWarnMs: 5000,
  holeMs: 1000,
  nagleRounds: 10,
  pathRttMs: 1,
  limitedWarnMs: 3000,
  windowLimitedShare: 0.5,
  queueingFactor: 3,
  queueingMs: 20,
  queueingWarnMs: 200,
  lossShare: 0.005,
  bufferedGrowthBytes: 1_048_576,
  closeWaitMs: 10_000,
  leakedConnections: 5,
  unansweredProbes: 2,
  droppedDatagrams: 10,
  unansweredSynMs: 2000,
  failedConnects: 3,
  connectQuietMs: 10_000,
  unreadAtCloseBytes: 64,
  idleCloseMs: 1000,
  closedUnread: 3,
  resetQuietMs: 30_000,
  connectionQuietMs: 3000,
  criticalConnections: 100,
};
