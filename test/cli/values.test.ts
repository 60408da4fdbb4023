import test from "ava";
import { nearest } from "../../src/cli/nearest.js";
import { parseDurationMs, parseWhole } from "../../src/cli/values.js";

test("durations are 500ms, 5s, 2m, 1h", (t) => {
  t.deepEqual(
    ["500ms", "5s", "0.5s", "2m", "1h"].map((value) => parseDurationMs("--duration", value)),
    [500, 5000, 500, 120_000, 3_600_000],
  );
});

for (const value of ["", "5", "s", "-5s", "0s", "5 s", "1d", "25h", "5sec"])
  test(`the duration "${value}" is refused with its option, itself and what is accepted`, (t) => {
    t.throws(() => parseDurationMs("--duration", value), {
      message: `--duration: "${value}" is not a duration; accepted: 500ms, 5s, 2m, up to 24h`,
    });
  });

test("a whole number keeps to its bounds", (t) => {
  t.is(parseWhole("--port", "65535", 1, 65535), 65535);
  for (const value of ["0", "65536", "80.5", "0x50", "-1", ""])
    t.throws(() => parseWhole("--port", value, 1, 65535), {
      message: `--port: "${value}" is not accepted; a whole number from 1 to 65535 is`,
    });
});

test("the nearest word is found within a third of its length", (t) => {
  const words = ["diagnose", "demo", "doctor", "simulate"];
  t.deepEqual(
    ["diagnos", "dmeo", "doc", "smulate", "explain", "x"].map((word) => nearest(word, words)),
    ["diagnose", "demo", "doctor", "simulate", undefined, undefined],
  );
});
