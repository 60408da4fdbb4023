// The bench itself: its rows can be loaded, its statistics are right, and one cheap row runs. Nothing here asserts on time.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import test from "ava";
import { packageRoot } from "../package-root.js";

interface Spread {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
interface Statistics {
  quantile(values: readonly number[], q: number): number;
  summary(values: readonly number[]): Spread;
  ratio(ours: readonly number[], theirs: readonly number[]): Spread;
}
interface Row {
  readonly id: string;
  readonly order: number;
  readonly work: string;
  readonly goal: string;
  readonly run: unknown;
}

const load = async <Module>(...path: readonly string[]): Promise<Module> =>
  (await import(pathToFileURL(join(packageRoot, "bench", ...path)).href)) as Module;

test("every row of the bench says what it measures and against which goal", async (t) => {
  const files = readdirSync(join(packageRoot, "bench/rows"));
  const rows = await Promise.all(files.map((file) => load<Row>("rows", file)));
  for (const { work, goal, run, order } of rows)
    t.deepEqual([typeof work, typeof goal, typeof order, typeof run], ["string", "string", "number", "function"]);
  t.is(new Set(rows.map(({ id }) => id)).size, files.length);
});

test("medians, spreads and ratios are those of the values", async (t) => {
  const { quantile, summary, ratio } = await load<Statistics>("measure/statistics.mjs");
  t.is(quantile([3, 1, 2], 0.5), 2);
  t.is(quantile([4, 1, 2, 3], 0.5), 2.5);
  t.is(quantile([], 0.5), Number.NaN);
  t.deepEqual(summary([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]), { value: 50, low: 10, high: 90 });
  t.deepEqual(ratio([2, 9, 8], [1, 3, 2]), { value: 3, low: 2.2, high: 3.8 });
});

test("a figure's text has its unit, its spread and its goal", async (t) => {
  const { figureText, goalText, isMet } = await load<{
    figureText(figure: object): string;
    goalText(figure: object): string;
    isMet(figure: object, slack?: number): boolean;
  }>("document/lines.mjs");
  const figure = { value: 1.2345, low: 1.1, high: 12_345.6, unit: "×", atMost: 1.1 };
  t.is(figureText(figure), "1.23 × (1.1 to 12,346)");
  t.is(goalText(figure), "≤ 1.1 ×");
  t.deepEqual(
    [isMet(figure), isMet(figure, 1.5), isMet({ value: 0.5, unit: "%", atLeast: 0.99 }, 1.5)],
    [false, true, false],
  );
});

test("variants take turns: forward, then backward", async (t) => {
  const { alternate } = await load<{
    alternate(variants: object, options: object): Promise<Record<string, number[]>>;
  }>("measure/alternate.mjs");
  let clock = 0;
  const turn = (): number => (clock += 1);
  t.deepEqual(await alternate({ a: turn, b: turn }, { rounds: 3, warmUp: 1 }), { a: [3, 6, 7], b: [4, 5, 8] });
});

test("a row is measured from the command line and prints its figures beside its goal", async (t) => {
  const bench = join(packageRoot, "bench/run.mjs");
  const child = spawn(process.execPath, [bench, "--quick", "--only", "own-listener"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said, [status]] = await Promise.all([text(child.stdout), once(child, "close")]);
  t.true(status === 0 || status === 1, said);
  t.regex(
    said,
    /own-listener: one own listener: depth, limit, drops\n {2}[✓✗] given by its descriptor .* × \(.*\), goal ≤ 1.3 ×\n/,
  );
  t.regex(said, /[0-2] of 2 goals met, 0 of 1 rows not measured\n$/);
});
