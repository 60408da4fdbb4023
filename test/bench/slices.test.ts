// The arithmetic of what is measured in slices of time: which are on, the clock that runs only in them, the mean of pairs.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import test from "ava";
import { packageRoot } from "../package-root.js";

const load = async <Module>(...path: readonly string[]): Promise<Module> =>
  (await import(pathToFileURL(join(packageRoot, "bench", ...path)).href)) as Module;

interface Slices {
  readonly begin: number;
  readonly ms: number;
  indexAt(at: number): number;
  startOf(index: number): number;
}
interface Slicing {
  isOn(index: number): boolean;
  createSlices(options: { at: number; ms: number }): Slices;
  createSlicedClock(slices: Slices, perSlice: number): { read(at: number): number; when(time: number): number };
}

test("slices are off, on, on, off, and over again", async (t) => {
  const { isOn, createSlices } = await load<Slicing>("agent/slices.cjs");
  t.deepEqual(
    Array.from({ length: 8 }, (_, index) => isOn(index)),
    [false, true, true, false, false, true, true, false],
  );
  const slices = createSlices({ at: 1000, ms: 20 });
  t.deepEqual([slices.indexAt(1000), slices.indexAt(1019.9), slices.startOf(3)], [0, 0, 1060]);
});

test("the clock of the on-slices stands outside them, never goes back, and gains twice a slice's length in each", async (t) => {
  const { isOn, createSlices, createSlicedClock } = await load<Slicing>("agent/slices.cjs");
  const slices = createSlices({ at: 1000, ms: 20 });
  const clock = createSlicedClock(slices, 40);
  t.is(clock.read(999), 999);
  for (let index = 0; index < 40; index += 1) {
    const gained = clock.read(slices.startOf(index + 1)) - clock.read(slices.startOf(index));
    t.is(gained, isOn(index) ? 40 : 0);
  }
  // Over a whole round it has kept pace with the machine's.
  t.is(clock.read(1000 + 80) - clock.read(1000), 80);
  let shown = 0;
  for (let at = 1000; at < 1400; at += 0.5) {
    t.true(clock.read(at) >= shown);
    shown = clock.read(at);
  }
});

test("when the clock of the on-slices will show a time is in an on-slice, and then it shows it", async (t) => {
  const { isOn, createSlices, createSlicedClock } = await load<Slicing>("agent/slices.cjs");
  const slices = createSlices({ at: 1000, ms: 20 });
  const clock = createSlicedClock(slices, 40);
  for (const time of [1000.5, 1013, 1039, 1041, 1100, 1234]) {
    const at = clock.when(time);
    t.true(isOn(slices.indexAt(at)));
    t.true(Math.abs(clock.read(at) - time) < 1e-6);
  }
});

test("a mean with its interval is not moved by a few wild values", async (t) => {
  const { robustMean } = await load<{ robustMean(values: readonly number[]): { mean: number; half95: number } }>(
    "measure/interval.mjs",
  );
  const calm = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 1 : -1));
  const wild = calm.map((value, i) => (i < 4 ? value * 1e6 : value));
  t.deepEqual(robustMean(wild), robustMean(calm));
  t.is(robustMean(calm).mean, 0);
  // 1.96 × the deviation of the pulled values (√(100/99)) over 0.6 × √100.
  t.true(Math.abs(robustMean(calm).half95 - (1.96 * Math.sqrt(100 / 99)) / 6) < 1e-12);
});
