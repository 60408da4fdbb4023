// A UDP socket's queue as the kernel keeps it, and the explainer on it.
import test from "ava";
import { createExplainer } from "../../src/explain/explainer.js";
import { createDatagramQueue, datagramTruesize } from "../../src/model/datagram/receive-queue.js";
import { type DatagramScenario, observeDatagrams } from "../../src/model/index.js";

/** So many are taken, and what then is in use after so many were read. Measured on loopback, Linux 6.18. */
const measured = [
  { rcvbuf: 2304, bytes: 100, truesize: 832, taken: 2, falls: [] },
  {
    rcvbuf: 8192,
    bytes: 100,
    truesize: 832,
    taken: 9,
    falls: [
      [3, 4992],
      [6, 2496],
      [9, 0],
    ],
  },
  { rcvbuf: 8192, bytes: 4000, truesize: 8448, taken: 1, falls: [[1, 0]] },
  {
    rcvbuf: 131_072,
    bytes: 200,
    truesize: 1280,
    taken: 102,
    falls: [
      [26, 97_280],
      [52, 64_000],
      [78, 30_720],
      [102, 0],
    ],
  },
  {
    rcvbuf: 131_072,
    bytes: 1472,
    truesize: 2304,
    taken: 56,
    falls: [
      [15, 94_464],
      [30, 59_904],
      [45, 25_344],
      [56, 0],
    ],
  },
  {
    rcvbuf: 131_072,
    bytes: 9000,
    truesize: 16_640,
    taken: 7,
    falls: [
      [2, 83_200],
      [4, 49_920],
      [6, 16_640],
      [7, 0],
    ],
  },
  { rcvbuf: 212_992, bytes: 100, truesize: 832, taken: 256, falls: [] },
] as const;

for (const { rcvbuf, bytes, truesize, taken, falls } of measured)
  test(`a buffer of ${rcvbuf} takes ${taken} datagrams of ${bytes} bytes, as the kernel's does`, (t) => {
    const queue = createDatagramQueue(rcvbuf);
    for (let sent = 0; sent < taken + 3; sent += 1) queue.push(bytes);
    t.deepEqual(
      [datagramTruesize(bytes), queue.length(), queue.rmem(), queue.drops()],
      [truesize, taken, taken * truesize, 3],
    );
    if (falls.length === 0) return;
    const seen: (readonly [number, number])[] = [];
    for (let read = 1, last = queue.rmem(); read <= taken; read += 1) {
      queue.shift();
      if (queue.rmem() !== last) seen.push([read, queue.rmem()]);
      last = queue.rmem();
    }
    t.deepEqual(seen, falls as unknown as typeof seen);
  });

const scenario = (reader: Partial<DatagramScenario["reader"]>, arrivals: DatagramScenario["arrivals"]) => ({
  rcvbuf: 212_992,
  bytes: 500,
  arrivals,
  reader: { serviceTime: 0.0001, ...reader },
  until: 12,
});

const alarms = (one: DatagramScenario): readonly string[] => {
  const explainer = createExplainer();
  const findings = [...observeDatagrams(one)].flatMap((snapshot) => explainer.observe(snapshot));
  const told = findings.filter(({ severity }) => severity !== "info");
  return [...new Set(told.map(({ symptom, cause }) => `${symptom}/${cause}`))];
};

const steady = [{ from: 0, until: 11, rate: 200 }] as const;

test("the socket is not read any more: datagrams-dropped, application-not-reading", (t) => {
  t.deepEqual(alarms(scenario({ pauses: [{ from: 2, until: 12 }] }, steady)), [
    "datagrams-dropped/application-not-reading",
  ]);
});

test("each datagram costs more than the time to the next: datagrams-dropped, application-not-reading", (t) => {
  t.deepEqual(alarms(scenario({ serviceTime: 0.006 }, steady)), ["datagrams-dropped/application-not-reading"]);
});

test("JavaScript computes for 3 s: datagrams-dropped, event-loop-blocked", (t) => {
  t.deepEqual(alarms(scenario({ stalls: [{ at: 4, duration: 3 }] }, steady)), ["datagrams-dropped/event-loop-blocked"]);
});

test("more come at once than the buffer holds: datagrams-dropped, receive-buffer", (t) => {
  t.deepEqual(
    alarms(
      scenario(
        {},
        [3, 5, 7].map((at) => ({ at, count: 400 })),
      ),
    ),
    ["datagrams-dropped/receive-buffer"],
  );
});

test("a reader that keeps up loses nothing, and nothing is told", (t) => {
  t.deepEqual(alarms(scenario({}, steady)), []);
});
