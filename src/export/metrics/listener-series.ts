// The series of listeners, one for each listening address: members of a SO_REUSEPORT group share it, and so do listeners
// that follow one another there. Counters never run backwards while the series lives.
import { deltaU32 } from "../../explain/delta.js";
import { createHistogram, type Histogram } from "../../snapshot/histogram.js";
import type { ListenerReading } from "../../snapshot/snapshot.js";
import { type AcceptWaits, createAcceptWaits } from "./accept-waits.js";
import { createPeak, type Peak } from "./peak.js";
import type { Labels, MetricFamily, MetricPoint } from "./reading.js";
import { metricOf, type MetricName } from "./table.js";

export interface ListenerSeries {
  /** Every look; the same array again: nothing has changed. */
  look(at: number, listeners: readonly ListenerReading[]): void;
  /**
   * What an interval tells of accepts beside the readings: connections that came and went between two looks at them, by port;
   * `opened`: all that were established at the process's listeners, where that is known.
   */
  interval(passed: Readonly<Record<string, number>>, opened: number | undefined): void;
  collect(at: number): readonly MetricFamily[];
}

/** Addresses with series of their own. */
const seriesAtMost = 64;
/** So long the counters of an address outlive its last listener: Prometheus looks back five minutes. */
const keptMs = 300_000;

interface Member {
  readonly waits: AcceptWaits;
  drops: number | undefined;
}

interface Series {
  readonly transport: ListenerReading["transport"];
  readonly labels: Labels;
  readonly members: Map<bigint, Member>;
  readonly peak: Peak;
  readonly waits: Histogram;
  readings: ListenerReading[];
  drops: number | undefined;
  /** Connections newly seen among the process's descriptors, of the whole port: in all, and as last read. */
  owned: number | undefined;
  ownedBefore: number | undefined;
  /** As well as it can be told, up to the last interval. */
  accepted: number | undefined;
  /** `owned`, and the length of the queue, at the last interval. */
  settled: { readonly owned: number; readonly length: number } | undefined;
  /** Connections whose wait was read at accept. */
  waitsRead: number | undefined;
  seenAt: number;
}

const keyOf = ({ transport, address, port, path }: ListenerReading): string =>
  transport === "unix" ? `unix ${path}` : `${address} ${port}`;

const labelsOf = ({ transport, address = "", port, path = "" }: ListenerReading): Labels =>
  transport === "unix" ? { server_address: path } : { server_address: address, server_port: String(port) };

const openSeries = (listener: ListenerReading): Series => ({
  transport: listener.transport,
  labels: labelsOf(listener),
  members: new Map(),
  peak: createPeak(),
  waits: createHistogram(metricOf("sockscope_tcp_accept_wait_seconds").bounds),
  readings: [],
  drops: undefined,
  owned: undefined,
  ownedBefore: undefined,
  accepted: undefined,
  settled: undefined,
  waitsRead: undefined,
  seenAt: 0,
});

const add = (total: number | undefined, more: number | undefined): number | undefined =>
  more === undefined ? total : (total ?? 0) + more;

/** A socket's first figure counts from the socket's beginning. */
const droppedSince = (before: number | undefined, now: number | undefined): number | undefined =>
  before === undefined ? now : deltaU32(before, now);

const takeIn = (series: Series, at: number, listener: ListenerReading): void => {
  const { cookie, drops, acceptWaitsMs } = listener;
  const member = series.members.get(cookie) ?? {
    waits: createAcceptWaits((seconds) => series.waits.add(seconds)),
    drops: undefined,
  };
  series.members.set(cookie, member);
  series.drops = add(series.drops, droppedSince(member.drops, drops));
  member.drops = drops ?? member.drops;
  series.waitsRead = add(series.waitsRead, acceptWaitsMs?.length);
  member.waits.look(at, listener);
  series.peak.add(at, listener.length);
};

/** The members of a group are told the same: what was counted at their port. The first time those held count, too. */
const takeOwned = (series: Series): void => {
  const [owned] = series.readings.flatMap((reading) => reading.owned ?? []);
  if (!owned) return;
  const { count, accepted } = owned;
  const before = series.ownedBefore;
  series.owned = add(
    series.owned,
    before === undefined || accepted < before ? Math.max(count, accepted) : accepted - before,
  );
  series.ownedBefore = accepted;
};

/** Of two addresses with one port nobody can tell which of them accepted. */
const acceptedBy = (series: Series, all: readonly Series[]): number | undefined => {
  const { server_port } = series.labels;
  const isAlone = !all.some((other) => other !== series && other.labels.server_port === server_port);
  return series.waitsRead ?? (isAlone ? series.accepted : undefined);
};

const sumOf = (readings: readonly ListenerReading[], of: (one: ListenerReading) => number): number | undefined =>
  readings.length === 0 ? undefined : readings.reduce((sum, one) => sum + of(one), 0);
const lengthOf = ({ readings }: Series): number | undefined => sumOf(readings, ({ length }) => length);
const limitOf = ({ readings }: Series): number | undefined => sumOf(readings, ({ limit }) => limit);
const peakOf = ({ readings, peak }: Series, at: number): number | undefined =>
  readings.length === 0 ? undefined : peak.read(at);

const family = (
  name: MetricName,
  all: readonly Series[],
  value: (series: Series) => number | undefined,
): MetricFamily => ({
  name,
  points: all.flatMap((series): readonly MetricPoint[] => {
    const read = value(series);
    return read === undefined ? [] : [{ labels: series.labels, value: read }];
  }),
});

const settleAccepts = (series: Series, passed: Readonly<Record<string, number>>, opened: number | undefined): void => {
  const { settled } = series;
  const length = lengthOf(series) ?? 0;
  series.owned = add(series.owned, passed[series.labels.server_port ?? ""]);
  if (series.owned === undefined && opened === undefined) return;
  const { owned = 0 } = series;
  // Whoever was established and does not wait was accepted.
  const accepted = settled && opened !== undefined ? opened - (length - settled.length) : owned - (settled?.owned ?? 0);
  series.accepted = add(series.accepted, Math.max(0, accepted));
  series.settled = { owned, length };
};

const familiesOf = (all: readonly Series[], omitted: number, at: number): readonly MetricFamily[] => {
  const tcp = all.filter(({ transport }) => transport === "tcp");
  const unix = all.filter(({ transport }) => transport === "unix");
  return [
    family("sockscope_tcp_accept_queue_length", tcp, lengthOf),
    family("sockscope_tcp_accept_queue_limit", tcp, limitOf),
    family("sockscope_tcp_accept_queue_peak", tcp, (series) => peakOf(series, at)),
    family("sockscope_tcp_listener_drops_total", tcp, ({ drops }) => drops),
    family("sockscope_tcp_accepted_total", tcp, (series) => acceptedBy(series, tcp)),
    {
      name: "sockscope_tcp_accept_wait_seconds",
      points: tcp.map((series) => ({ labels: series.labels, histogram: series.waits.read() })),
    },
    family("sockscope_unix_accept_queue_length", unix, lengthOf),
    family("sockscope_unix_accept_queue_limit", unix, limitOf),
    family("sockscope_unix_accept_queue_peak", unix, (series) => peakOf(series, at)),
    { name: "sockscope_listeners_omitted", points: [{ labels: {}, value: omitted }] },
  ];
};

export const createListenerSeries = (): ListenerSeries => {
  const all = new Map<string, Series>();
  let last: readonly ListenerReading[] | undefined;
  let omitted = 0;

  const makeRoom = (): boolean => {
    if (all.size < seriesAtMost) return true;
    const gone = [...all].find(([, { readings }]) => readings.length === 0);
    if (gone) all.delete(gone[0]);
    return gone !== undefined;
  };
  const seriesOf = (listener: ListenerReading): Series | undefined => {
    const key = keyOf(listener);
    const known = all.get(key);
    if (known || !makeRoom()) return known;
    const opened = openSeries(listener);
    all.set(key, opened);
    return opened;
  };
  const settle = (series: Series, at: number): void => {
    const { readings, members } = series;
    if (readings.length > 0) series.seenAt = at;
    takeOwned(series);
    if (members.size <= readings.length) return;
    const present = new Set(readings.map(({ cookie }) => cookie));
    for (const cookie of members.keys()) if (!present.has(cookie)) members.delete(cookie);
  };

  return {
    look(at, listeners) {
      if (listeners === last) return;
      last = listeners;
      for (const series of all.values()) series.readings = [];
      const without = new Set<string>();
      for (const listener of listeners) {
        const series = seriesOf(listener);
        if (!series) without.add(keyOf(listener));
        else {
          series.readings.push(listener);
          takeIn(series, at, listener);
        }
      }
      omitted = without.size;
      for (const series of all.values()) settle(series, at);
    },
    interval(passed, opened) {
      const listening = [...all.values()].filter((series) => series.transport === "tcp" && series.readings.length > 0);
      for (const series of listening) settleAccepts(series, passed, listening.length === 1 ? opened : undefined);
    },
    collect(at) {
      for (const [key, { readings, seenAt }] of all) if (readings.length === 0 && at - seenAt > keptMs) all.delete(key);
      return familiesOf([...all.values()], omitted, at);
    },
  };
};
