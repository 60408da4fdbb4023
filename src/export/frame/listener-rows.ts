// The listeners of a frame: each look of the interval leaves a point, the members of a SO_REUSEPORT group share a row.
import { deltaU32 } from "../../explain/delta.js";
import { placeOf } from "../../explain/format.js";
import type { ListenerReading } from "../../snapshot/snapshot.js";
import type { FrameListener, QueuePoint } from "./frame.js";

export interface ListenerRows {
  look(at: number, listeners: readonly ListenerReading[]): void;
  /** Those of the interval's end; begins the next interval. */
  compose(at: number, listeners: readonly ListenerReading[]): Rows;
}

export interface Rows {
  readonly listeners: readonly FrameListener[];
  readonly moreListeners?: number | undefined;
}

const rowsAtMost = 100;
const pointsAtMost = 60;

interface Point {
  at: number;
  length: number;
  dropped: number;
}

/** A row under way. */
interface Row {
  points: Point[];
  /** Of the connections accepted within the interval, those whose wait was read at accept. */
  waitsRead: number;
  oldestMs?: number | undefined;
  synRecv?: number | undefined;
}

/** What a listener's counters were, by its cookie. */
interface Member {
  row: Row;
  drops: number | undefined;
  owned: number | undefined;
  ownedBefore: number | undefined;
}

/** Half as many: of each two neighbours the fuller one, and what both dropped. */
const thin = (points: readonly Point[]): Point[] =>
  points.flatMap((one, i) => {
    const other = points[i + 1];
    if (i % 2 === 1) return [];
    if (!other) return [one];
    const fuller = other.length >= one.length ? other : one;
    return [{ at: fuller.at, length: fuller.length, dropped: one.dropped + other.dropped }];
  });

const addPoint = (row: Row, at: number, length: number, dropped: number): void => {
  const last = row.points.at(-1);
  if (last?.at === at) {
    // Another member of the group, at the same look.
    last.length += length;
    last.dropped += dropped;
    return;
  }
  if (row.points.length >= 2 * pointsAtMost) row.points = thin(row.points);
  row.points.push({ at, length, dropped });
};

const shownPoints = (points: readonly Point[], at: number): readonly QueuePoint[] => {
  let shown = points;
  while (shown.length > pointsAtMost) shown = thin(shown);
  return shown.map((point) => [Math.max(0, Math.round(at - point.at)), point.length, point.dropped]);
};

const sum = (values: readonly (number | undefined)[]): number | undefined =>
  values.some((value) => value === undefined) ? undefined : values.reduce((all, value) => all! + value!, 0);

export const createListenerRows = (): ListenerRows => {
  let rows = new Map<string, Row>();
  let members = new Map<bigint, Member>();
  /** Waits are only read with `detail: 'connections'`; once one was, none means that none was accepted. */
  let readsWaits = false;

  const rowAt = (id: string): Row => {
    const row = rows.get(id) ?? { points: [], waitsRead: 0 };
    rows.set(id, row);
    return row;
  };
  const memberOf = (listener: ListenerReading): Member => {
    const known = members.get(listener.cookie);
    if (known) return known;
    const owned = listener.owned?.accepted;
    const member = { row: rowAt(placeOf(listener)), drops: listener.drops, owned, ownedBefore: owned };
    members.set(listener.cookie, member);
    return member;
  };
  const take = (at: number, listener: ListenerReading): void => {
    const { length, drops, owned, waiting, synRecv, acceptWaitsMs } = listener;
    const member = memberOf(listener);
    const { row } = member;
    addPoint(row, at, length, deltaU32(member.drops, drops) ?? 0);
    member.drops = drops ?? member.drops;
    member.owned = owned?.accepted ?? member.owned;
    member.ownedBefore ??= member.owned;
    if (acceptWaitsMs) {
      readsWaits = true;
      row.waitsRead += acceptWaitsMs.length;
    }
    row.synRecv = synRecv ?? row.synRecv;
    if (waiting) row.oldestMs = oldest(waiting.connections.map(({ ageMs }) => ageMs));
  };
  /** Connections carry their listener's port only: what was counted there is every member's. */
  const acceptedBy = (of: readonly Member[], row: Row): number | undefined => {
    if (readsWaits) return row.waitsRead;
    const counts = of.flatMap(({ owned, ownedBefore }) =>
      owned === undefined || ownedBefore === undefined ? [] : [owned - ownedBefore],
    );
    return counts.length === 0 ? undefined : Math.max(0, ...counts);
  };
  const rowOf = (id: string, group: readonly ListenerReading[], at: number): FrameListener => {
    const of = group.map(memberOf);
    const { row } = of[0]!;
    const { transport, address, port, path, listenBacklog } = group[0]!;
    const length = sum(group.map((one) => one.length)) ?? 0;
    const dropped = row.points.reduce((all, point) => all + point.dropped, 0);
    const drops = sum(group.map((one) => one.drops));
    return {
      id,
      transport,
      address,
      port,
      path,
      length,
      limit: sum(group.map(({ limit }) => limit)) ?? 0,
      members: group.length > 1 ? group.length : undefined,
      listenBacklog,
      peak: row.points.reduce((most, point) => Math.max(most, point.length), length),
      dropped: drops === undefined ? undefined : dropped,
      drops,
      accepted: acceptedBy(of, row),
      synRecv: row.synRecv,
      oldestMs: row.oldestMs,
      points: shownPoints(row.points, at),
    };
  };
  const begin = (listeners: readonly ListenerReading[]): void => {
    const former = members;
    rows = new Map();
    members = new Map();
    for (const listener of listeners) {
      const member = former.get(listener.cookie)!;
      member.row = rowAt(placeOf(listener));
      member.ownedBefore = member.owned;
      members.set(listener.cookie, member);
    }
  };

  return {
    look(at, listeners) {
      for (const listener of listeners) take(at, listener);
    },
    compose(at, listeners) {
      const groups = new Map<string, ListenerReading[]>();
      for (const listener of listeners) {
        const id = placeOf(listener);
        const group = groups.get(id);
        if (group) group.push(listener);
        else groups.set(id, [listener]);
      }
      const all = [...groups].map(([id, group]) => rowOf(id, group, at));
      begin(listeners);
      const more = all.length - rowsAtMost;
      return more > 0 ? { listeners: fullest(all), moreListeners: more } : { listeners: all };
    },
  };
};

const oldest = (agesMs: readonly number[]): number | undefined =>
  agesMs.length === 0 ? undefined : agesMs.reduce((most, age) => Math.max(most, age), 0);

const pressure = ({ peak, limit, dropped = 0 }: FrameListener): number => dropped * 1000 + peak / (limit + 1);

/** Those that matter, in the order in which they were. */
const fullest = (all: readonly FrameListener[]): readonly FrameListener[] => {
  const chosen = new Set(all.toSorted((one, other) => pressure(other) - pressure(one)).slice(0, rowsAtMost));
  return all.filter((row) => chosen.has(row));
};
