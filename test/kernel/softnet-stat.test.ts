import test from "ava";
import fc from "fast-check";
import { parseSoftnet, type SoftnetCpu } from "../../src/kernel/softnet-stat.js";
import { fixture } from "./fixture.js";

const absent = {
  cpu: undefined,
  receivedRps: undefined,
  flowLimitCount: undefined,
  softnetBacklogLength: undefined,
  inputQueueLength: undefined,
  processQueueLength: undefined,
};

const cases: readonly (readonly [string, number, SoftnetCpu])[] = [
  ["2.6.32", 9, { ...absent, processed: 2, dropped: 1, timeSqueeze: 3 }],
  ["2.6.39", 10, { ...absent, processed: 2, dropped: 1, timeSqueeze: 3, receivedRps: 0xffffffff }],
  [
    "4.4",
    11,
    { ...absent, processed: 0x6c5bf2f1, dropped: 0, timeSqueeze: 0x6e4, receivedRps: 0x11, flowLimitCount: 0 },
  ],
];

for (const [kernel, width, first] of cases)
  test(`softnet_stat of ${kernel} has ${width} columns and no CPU number`, (t) => {
    t.deepEqual(parseSoftnet(fixture(`${kernel}/net/softnet_stat`))[0], first);
  });

test("softnet_stat of 6.1 has 13 columns and names the CPU although CPU 2 is offline", (t) => {
  const rows = parseSoftnet(fixture("6.1/net/softnet_stat"));
  t.deepEqual(
    rows.map(({ cpu }) => cpu),
    [0, 1, 3],
  );
  t.deepEqual(rows[2], {
    ...absent,
    cpu: 3,
    processed: 0x6c5bf2f4,
    dropped: 15,
    timeSqueeze: 0x6e7,
    receivedRps: 0x14,
    flowLimitCount: 3,
    softnetBacklogLength: 2,
  });
});

test("softnet_stat of 6.18 has 15 columns", (t) => {
  const zero = { dropped: 0, timeSqueeze: 0, receivedRps: 0, flowLimitCount: 0 };
  const queues = { softnetBacklogLength: 0, inputQueueLength: 0, processQueueLength: 0 };
  t.deepEqual(parseSoftnet(fixture("6.18/net/softnet_stat")), [
    { cpu: 0, processed: 0xe2, ...zero, ...queues },
    { cpu: 1, processed: 0x1bdc, ...zero, ...queues },
  ]);
});

test("a damaged softnet_stat gives the lines that are whole; twelve columns are read as eleven", (t) => {
  t.deepEqual(parseSoftnet(fixture("broken/net/softnet_stat")), [
    { ...absent, processed: 2, dropped: 1, timeSqueeze: 3, receivedRps: 5, flowLimitCount: 6 },
  ]);
});

test("the softnet parser is total", (t) => {
  const word = fc.oneof(fc.constantFrom("0000000f", "ffffffff", "\n", " ", "g"), fc.string({ maxLength: 4 }));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), (words) =>
      parseSoftnet(words.join(" ")).every(({ processed }) => processed >= 0 && processed <= 0xffffffff),
    ),
  );
  t.pass();
});
