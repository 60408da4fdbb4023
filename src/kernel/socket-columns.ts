// Figures of many sockets as columns of doubles in memory of the caller, all of them filled by one call.
import { inetDiagFields } from "../snapshot/fields/inet-diag.js";
import { memInfoFields } from "../snapshot/fields/mem-info.js";
import { tcpInfoFields } from "../snapshot/fields/tcp-info.js";
import { type ColumnPlan, columnPlan, type StructPlaces } from "./struct-columns.js";

/** The tables whose fields can be columns: of a dump's row, of TCP_INFO, of SO_MEMINFO. */
interface Tables {
  readonly row: typeof inetDiagFields;
  readonly tcpInfo: typeof tcpInfoFields;
  readonly memInfo: typeof memInfoFields;
}
const tables: Tables = { row: inetDiagFields, tcpInfo: tcpInfoFields, memInfo: memInfoFields };
export type ColumnSource = keyof Tables;

/** Which columns, by where they come from. */
export type ColumnNames = { readonly [Source in ColumnSource]?: readonly (keyof Tables[Source])[] | undefined };

/** All that there are. */
export const everyColumn: Required<{ readonly [Source in ColumnSource]: readonly (keyof Tables[Source])[] }> = {
  row: Object.keys(inetDiagFields) as (keyof typeof inetDiagFields)[],
  tcpInfo: Object.keys(tcpInfoFields) as (keyof typeof tcpInfoFields)[],
  memInfo: Object.keys(memInfoFields) as (keyof typeof memInfoFields)[],
};

type Of<Names extends ColumnNames, Source extends ColumnSource> =
  NonNullable<Names[Source]> extends readonly (infer Name extends PropertyKey)[]
    ? { readonly [Key in Name]: Float64Array }
    : unknown;

/** Columns as whoever fills them sees them. */
export interface FillableColumns {
  /** Whether there are columns of that source. */
  wants(source: ColumnSource): boolean;
  fill(source: ColumnSource, places: StructPlaces, memory: Uint8Array): void;
}

/**
 * `columns.tcpInfo.rttMicros[i]` is of the i-th socket of what filled them last; NaN where it is absent, states as the
 * kernel's numbers. What lies beyond that many sockets means nothing.
 */
export type SocketColumns<Names extends ColumnNames = ColumnNames> = {
  readonly [Source in ColumnSource]: Of<Names, Source>;
} & FillableColumns;

interface Group {
  readonly names: readonly string[];
  readonly plan: ColumnPlan;
  room: number;
  all: Float64Array;
  columns: Readonly<Record<string, Float64Array>>;
}

function groupOf(source: ColumnSource, names: readonly string[]): Group {
  const plan = columnPlan(tables[source], names as never[]);
  return { names, plan, room: 0, all: new Float64Array(), columns: {} };
}

function makeRoom(group: Group, room: number): void {
  const all = new Float64Array(group.names.length * room);
  group.all = all;
  group.room = room;
  group.columns = Object.fromEntries(
    group.names.map((name, i) => [name, all.subarray(i * room, (i + 1) * room)] as const),
  );
}

/** Memory for these columns; it grows to what fills it. */
export function createColumns<const Names extends ColumnNames>(names: Names, room = 0): SocketColumns<Names> {
  const groups = {
    row: groupOf("row", names.row ?? []),
    tcpInfo: groupOf("tcpInfo", names.tcpInfo ?? []),
    memInfo: groupOf("memInfo", names.memInfo ?? []),
  };
  for (const group of Object.values(groups)) makeRoom(group, room);
  return {
    get row() {
      return groups.row.columns;
    },
    get tcpInfo() {
      return groups.tcpInfo.columns;
    },
    get memInfo() {
      return groups.memInfo.columns;
    },
    wants: (source: ColumnSource) => groups[source].names.length > 0,
    fill(source: ColumnSource, places: StructPlaces, memory: Uint8Array) {
      const group = groups[source];
      if (group.names.length === 0) return;
      if (places.count > group.room) makeRoom(group, places.count);
      places.columns(memory, group.plan, group.all, group.room);
    },
  } as SocketColumns<Names>;
}
