import test from "ava";
import { columns, nextSorting, sorted } from "../../src/web/live/columns.js";
import { ranked } from "../../src/web/live/findings-order.js";
import { type Heard, statusOf } from "../../src/web/live/status-text.js";
import { pauseMs } from "../../src/web/live/stream.js";
import { millis, orAbsent, perSecond, rateOf, share, size, span, tally } from "../../src/web/parts/units.js";
import { storyFrame } from "./story.js";

test("figures are short, and what was not read is no zero", (t) => {
  t.deepEqual([0, 7, 9999, 12_345, 345_678, 4_500_000].map(tally), ["0", "7", "9,999", "12.3k", "346k", "4.5M"]);
  t.deepEqual([0, 1, 900, 375_400, 1_230_000].map(size), ["0 B", "1 B", "900 B", "375 KB", "1.2 MB"]);
  t.deepEqual([0, 0.0421, 1.234, 340, 2540].map(millis), ["0 ms", "0.042 ms", "1.2 ms", "340 ms", "2.5 s"]);
  t.deepEqual([0.25, 3, 1200].map(perSecond), ["0.3/s", "3/s", "1,200/s"]);
  t.deepEqual([4000, 180_000, 7_200_000].map(span), ["4 s", "3 min", "2 h"]);
  t.deepEqual([share(0.374), orAbsent(undefined, tally)], ["37 %", "–"]);
  t.deepEqual(
    [rateOf(50, 500), rateOf(50, undefined), rateOf(undefined, 500), rateOf(1, 0)],
    [100, undefined, undefined, undefined],
  );
});

test("the line's state in words", (t) => {
  const heard: Heard = { lastFrameAt: 10_000, intervalMs: 1000, lostFrames: 0 };
  const say = (...parts: Parameters<typeof statusOf>): readonly [string, string, string | undefined] => {
    const { tone, text, detail } = statusOf(...parts);
    return [tone, text.replace(/\d\d:\d\d:\d\d/, "TIME"), detail];
  };
  t.deepEqual(say({ is: "connecting" }, { ...heard, lastFrameAt: undefined }, 0), [
    "waiting",
    "Connecting…",
    undefined,
  ]);
  t.deepEqual(say({ is: "open" }, { ...heard, lastFrameAt: undefined }, 0), [
    "waiting",
    "Connected, waiting for the first interval",
    undefined,
  ]);
  t.deepEqual(say({ is: "open" }, heard, 11_000), ["good", "Live", undefined]);
  t.deepEqual(say({ is: "open" }, { ...heard, lostFrames: 3 }, 11_000), [
    "good",
    "Live",
    "3 frames were lost on the way",
  ]);
  t.deepEqual(say({ is: "open" }, heard, 18_000), ["bad", "No frame since TIME: the process may be stopped", "8 s"]);
  t.deepEqual(
    say({ is: "lost", since: 10_000, retryAt: 26_000, why: "the endpoint cannot be reached" }, heard, 22_000),
    ["bad", "Connection lost since TIME: the endpoint cannot be reached", "12 s ago; next try in 4 s"],
  );
});

test("it tries again after half a second, then doubles the pause up to fifteen", (t) => {
  t.deepEqual([0, 1, 2, 3, 4, 5, 9, 99].map(pauseMs), [500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});

test("connections stay worst first until a heading is pressed; the third press brings that back", (t) => {
  const rows = storyFrame(36).connections!.rows;
  const rtt = columns.find(({ id }) => id === "rttMs")!;
  const peer = columns[0]!;
  t.is(sorted(rows, undefined), rows);
  const down = nextSorting(undefined, rtt);
  const up = nextSorting(down, rtt);
  t.deepEqual(
    [down, up, nextSorting(up, rtt)],
    [{ column: "rttMs", descending: true }, { column: "rttMs", descending: false }, undefined],
  );
  t.is(sorted(rows, down)[0]!.rttMs, 17.3);
  t.is(sorted(rows, up)[0]!.rttMs, 0.3);
  t.deepEqual(nextSorting(down, peer), { column: "peer", descending: false });
  t.is(sorted(rows, { column: "peer", descending: false })[0]!.remote, "192.0.2.44:51034");
});

test("what was not read is sorted last in both directions", (t) => {
  const rows = storyFrame(36).connections!.rows;
  for (const descending of [true, false]) {
    const values = sorted(rows, { column: "writableLength", descending }).map(({ writableLength }) => writableLength);
    t.is(values[0], 18_000_000);
  }
});

test("findings: active before resolved, the gravest first", (t) => {
  t.deepEqual(
    ranked(storyFrame(32).findings).map(({ id }) => id),
    ["f-overflow", "f-stalled"],
  );
  t.deepEqual(
    ranked(storyFrame(36).findings).map(({ id }) => id),
    ["f-stalled", "f-overflow"],
  );
});
