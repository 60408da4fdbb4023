// The listeners of a frame: each look of the interval leaves a point, the members of a SO_REUSEPORT group share a row.
import { deltaU32 } from "../../explain/delta.js";
import { placeOf } from "../../explain/format.js";
import type { ListenerReading } from "../../snapshot/snapshot.js";
import type { FrameListener } from "./frame.js";
import { createPoints, type Points } from "./queue-points.js";

export interface ListenerRows {
  look(at: number, listeners: readonly ListenerReading[]): void;
  /** Those of the interval's end; begins the next interval. */
  compose(at: number, listeners: readonly ListenerReading[], opened?: Opened): Rows;
}

/** Of an interval, what tells how many were accepted beside the connections that were met. */
export interface Opened {
  /** Handshakes that were completed, where nobody else in the network namespace listens. */
  readonly all?: number | undefined;
  /** By port: connections that came and went between two walks of the descriptors. */
  readonly unmet?: Readonly<Record<string, number>> | undefined;
}

export interface Rows {
  readonly listeners: readonly FrameListener[];
  readonly moreListeners?: number | undefined;
}

const rowsAtMost = 100;

/** A row under way. */
interface Row {
  readonly points: Points;
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

const sum = (values: readonly (number | undefined)[]): number | undefined =>
  values.some((value) => value === undefined) ? undefined : values.reduce((all, value) => all! + value!, 0);

export const createListenerRows = (): ListenerRows => {
  let rows = new Map<string, Row>();
  let members = new Map<bigint, Member>();
  /** Waits are only read with `detail: 'connections'`; once one was, none means that none was accepted. */
  let readsWaits = false;
  /** At the end of the interval before, by id. */
  let lengths: ReadonlyMap<string, number> = new Map();

  const rowAt = (id: string): Row => {
    const row = rows.get(id) ?? { points: createPoints(), waitsRead: 0 };
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
    row.points.add(at, length, deltaU32(member.drops, drops) ?? 0);
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
  const newlyOwned = (of: readonly Member[]): number | undefined => {
    const counts = of.flatMap(({ owned, ownedBefore }) =>
      owned === undefined || ownedBefore === undefined ? [] : [owned - ownedBefore],
    );
    return counts.length === 0 ? undefined : Math.max(0, ...counts);
  };
  const withAccepted = (row: FrameListener, of: readonly Member[], { all, unmet }: Opened): FrameListener => {
    const before = lengths.get(row.id);
    // Whoever was established and does not wait was accepted.
    const settled = all === undefined || before === undefined ? undefined : Math.max(0, all - (row.length - before));
    const met = newlyOwned(of);
    const seen = met === undefined ? undefined : met + (unmet?.[row.port ?? ""] ?? 0);
    return { ...row, accepted: readsWaits ? of[0]!.row.waitsRead : (settled ?? seen) };
  };
  const rowOf = (id: string, group: readonly ListenerReading[], at: number): FrameListener => {
    const { row } = memberOf(group[0]!);
    const { transport, address, port, path, listenBacklog } = group[0]!;
    const length = sum(group.map((one) => one.length)) ?? 0;
    const { peak, dropped } = row.points;
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
      peak: Math.max(peak, length),
      dropped: drops === undefined ? undefined : dropped,
      drops,
      synRecv: row.synRecv,
      oldestMs: row.oldestMs,
      points: row.points.shown(at),
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
    compose(at, listeners, opened = {}) {
      const groups = new Map<string, ListenerReading[]>();
      for (const listener of listeners) {
        const id = placeOf(listener);
        const group = groups.get(id);
        if (group) group.push(listener);
        else groups.set(id, [listener]);
      }
      const isOne = [...groups.values()].filter(([first]) => first?.transport === "tcp").length === 1;
      const told = isOne ? opened : { unmet: opened.unmet };
      const all = [...groups].map(([id, group]) =>
        withAccepted(rowOf(id, group, at), group.map(memberOf), group[0]!.transport === "tcp" ? told : {}),
      );
      lengths = new Map(all.map(({ id, length }) => [id, length]));
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
