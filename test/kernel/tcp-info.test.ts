import test from "ava";
import fc from "fast-check";
import { memInfoOf } from "../../src/kernel/mem-info.js";
import { columnPlan, columnPlans, StructPlaces } from "../../src/kernel/struct-columns.js";
import { tcpInfoOf } from "../../src/kernel/tcp-info.js";
import { memInfoFields } from "../../src/snapshot/fields/mem-info.js";
import { tcpInfoFields } from "../../src/snapshot/fields/tcp-info.js";
import { caStates, tcpStates } from "../../src/snapshot/tcp-state.js";
import { recorded, viewOf } from "./recorded.js";

const established = recorded("tcp-info-estab");
const names = Object.keys(tcpInfoFields) as (keyof typeof tcpInfoFields)[];
const present = (byteLength: number, bytes: Uint8Array = established): string[] => {
  const info = tcpInfoOf(viewOf(bytes), 0, byteLength);
  return names.filter((name) => info[name] !== undefined);
};

test("an established connection's 280 bytes are decoded with their units", (t) => {
  t.deepEqual(tcpInfoOf(viewOf(established), 0, established.length).toJSON(), {
    state: "ESTAB",
    caState: "Open",
    retransmits: 0,
    probes: 0,
    backoff: 0,
    options: 7,
    sndWscale: 10,
    rcvWscale: 10,
    appLimited: false,
    fastopenClientFail: 0,
    rtoMicros: 204000,
    atoMicros: 40000,
    sndMssBytes: 47616,
    rcvMssBytes: 536,
    unacked: 0,
    sacked: 0,
    lost: 0,
    retrans: 0,
    fackets: 0,
    lastDataSentMs: 100,
    lastAckSentMs: 0,
    lastDataRecvMs: 100,
    lastAckRecvMs: 100,
    pmtuBytes: 65535,
    rcvSsthreshBytes: 65483,
    rttMicros: 56,
    rttvarMicros: 67,
    cwnd: 13,
    advmssBytes: 65483,
    reordering: 3,
    rcvRttMicros: 0,
    rcvSpaceBytes: 65483,
    totalRetrans: 0,
    pacingRate: 36017720930,
    bytesAcked: 100000,
    bytesReceived: 5,
    segsOut: 4,
    segsIn: 5,
    notSentBytes: 0,
    minRttMicros: 26,
    dataSegsIn: 1,
    dataSegsOut: 3,
    deliveryRate: 400134453,
    busyMicros: 0,
    rwndLimitedMicros: 0,
    sndbufLimitedMicros: 0,
    delivered: 4,
    deliveredCe: 0,
    bytesSent: 100000,
    bytesRetrans: 0,
    dsackDups: 0,
    reordSeen: 0,
    rcvOoopack: 0,
    sndWndBytes: 93184,
    rcvWndBytes: 65536,
    rehash: 0,
    totalRto: 0,
    totalRtoRecoveries: 0,
    totalRtoTimeMs: 0,
    receivedCe: 0,
    deliveredE1Bytes: 0,
    deliveredE0Bytes: 0,
    deliveredCeBytes: 0,
    receivedE1Bytes: 0,
    receivedE0Bytes: 0,
    receivedCeBytes: 0,
  });
});

test("a listener's 280 bytes hold its accept queue in unacked and sacked", (t) => {
  const bytes = recorded("tcp-info-listen");
  const { state, unacked, sacked } = tcpInfoOf(viewOf(bytes), 0, bytes.length);
  t.deepEqual({ state, unacked, sacked }, { state: "LISTEN", unacked: 3, sacked: 5 });
});

// The struct as kernels of these versions return it: fields are only ever added at the end.
for (const [byteLength, kernel, first, last] of [
  [104, "2.6", "state", "totalRetrans"],
  [120, "3.15", "state", "pacingRate"],
  [136, "4.1", "state", "bytesReceived"],
  [144, "4.4", "state", "segsIn"],
  [160, "4.6", "state", "dataSegsOut"],
  [168, "4.9", "state", "deliveryRate"],
  [192, "4.10", "state", "sndbufLimitedMicros"],
  [200, "4.18", "state", "deliveredCe"],
  [224, "4.19", "state", "reordSeen"],
  [232, "5.4", "state", "sndWndBytes"],
  [240, "6.2", "state", "rehash"],
  [248, "6.7", "state", "totalRtoTimeMs"],
  [280, "6.18", "state", "receivedCeBytes"],
] as const)
  test(`the ${byteLength} bytes of Linux ${kernel} end with ${last}`, (t) => {
    const found = present(byteLength);
    t.is(found[0], first);
    t.is(found.at(-1), last);
    t.is(
      names.indexOf(last) + 1,
      found.length + names.slice(0, names.indexOf(last)).filter((n) => !found.includes(n)).length,
    );
  });

test("a struct longer than known is read as far as it is known", (t) => {
  const longer = new Uint8Array(344).fill(0xee);
  longer.set(established);
  t.deepEqual(present(344, longer), present(280));
});

test("a field that the length cuts through is absent", (t) => {
  t.false(present(103).includes("totalRetrans"));
  t.false(present(127).includes("bytesAcked"));
  t.true(present(128).includes("bytesAcked"));
});

test("limits that are not set are absent, not huge numbers", (t) => {
  const info = tcpInfoOf(viewOf(established), 0, established.length);
  t.deepEqual([info.ssthresh, info.maxPacingRate], [undefined, undefined]);
});

test("byte counters are bigints; JSON has numbers up to 2^53 and strings beyond", (t) => {
  const bytes = new Uint8Array(established);
  viewOf(bytes).setBigUint64(tcpInfoFields.bytesAcked[1], 2n ** 60n, true);
  const info = tcpInfoOf(viewOf(bytes), 0, bytes.length);
  t.is(info.bytesAcked, 2n ** 60n);
  t.is(info.bytesReceived, 5n);
  const { bytesAcked, bytesReceived } = JSON.parse(JSON.stringify(info)) as Record<string, unknown>;
  t.deepEqual([bytesAcked, bytesReceived], ["1152921504606846976", 5]);
});

test("SO_MEMINFO is decoded", (t) => {
  const bytes = recorded("mem-info-estab");
  t.deepEqual(memInfoOf(viewOf(bytes), 0, bytes.length).toJSON(), {
    rmemAlloc: 0,
    rcvbuf: 131072,
    wmemAlloc: 0,
    sndbuf: 3939840,
    fwdAlloc: 0,
    wmemQueued: 0,
    optmem: 0,
    sockBacklogBytes: 0,
    drops: 0,
  });
});

test("the fields of a table do not overlap and lie in ascending order", (t) => {
  const width = { u8: 1, u16: 2, u32: 4, u64: 8, big: 8, u32n: 4, u64n: 8, ssthresh: 4, state: 1, ca: 1 } as const;
  for (const table of [tcpInfoFields, memInfoFields]) {
    let end = 0;
    for (const [name, [kind, offset]] of Object.entries(table)) {
      if (!(kind in width)) continue;
      t.true(offset >= end, name);
      end = offset + width[kind as keyof typeof width];
    }
  }
});

test("any bytes of any length are decoded without a throw, and nothing beyond the length is told", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 400 }), (bytes) => {
      const info = tcpInfoOf(viewOf(bytes), 0, bytes.length);
      JSON.stringify(info);
      for (const name of names)
        if (info[name] !== undefined && tcpInfoFields[name][1] >= bytes.length) throw new Error(`${name} is invented`);
    }),
  );
  t.pass();
});

test("a column has each struct's field, NaN where the struct is too short, lies outside or is not there", (t) => {
  const bytes = new Uint8Array(560);
  bytes.set(established);
  bytes.set(established, 280);
  const places = new StructPlaces(1);
  const into = new Float64Array(12);
  for (const [start, length] of [
    [0, 280],
    [280, 224],
    [0, 0],
    [-4, 280],
    [600, 280],
    [280, -1],
  ] as const)
    places.add(start, length);
  places.columns(bytes, columnPlan(tcpInfoFields, ["sndWndBytes", "state"]), into, 6);
  const none = Number.NaN;
  t.deepEqual([...into], [93184, none, none, none, none, none, 1, 1, none, none, none, none]);
  t.throws(() => places.columns(bytes, columnPlan(tcpInfoFields, ["state"]), into, 5), { instanceOf: RangeError });
});

test("columns say of any bytes what the view of the struct says", (t) => {
  const plans = columnPlans(tcpInfoFields);
  const column = new Float64Array(1);
  const places = new StructPlaces(1);
  places.add(8, 280);
  const ofView = (value: unknown, name: string): number => {
    if (value === undefined) return Number.NaN;
    if (name === "state") return (tcpStates as readonly unknown[]).indexOf(value);
    return name === "caState" ? (caStates as readonly unknown[]).indexOf(value) : Number(value);
  };
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 300, maxLength: 300 }), fc.nat(12), fc.nat(4), (bytes, state, caState) => {
      bytes.set([state, caState], 8);
      const info = tcpInfoOf(viewOf(bytes), 8, 280);
      for (const name of names) {
        places.columns(bytes, plans[name], column, 1);
        t.is(column[0], ofView(info[name], name), name);
      }
    }),
  );
});
