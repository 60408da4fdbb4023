import test from "ava";
import { sweepOf, variantsOf } from "../../src/cli/simulate/sweep.js";
import type { SweepRow } from "../../src/cli/view/figure.js";
import { plain } from "../../src/cli/view/paint.js";
import { sweepLines } from "../../src/cli/view/sweep.js";

const values = (assignment: string): readonly unknown[] =>
  sweepOf({}, [assignment]).axes[0]?.values ?? [sweepOf({}, [assignment]).scenario];

for (const [assignment, expected] of [
  ["a=1..4", [1, 2, 3, 4]],
  ["a=-1..1", [-1, 0, 1]],
  ["a=1..100*4", [1, 4, 16, 64]],
  ["a=10..40*1.5", [10, 15, 23, 34]],
  ["a=0.1..0.5+0.1", [0.1, 0.2, 0.3, 0.4, 0.5]],
  ["a=5,1,null", [5, 1, null]],
  ["a=loopback,veth", ["loopback", "veth"]],
  ["a=16", [{ a: 16 }]],
  ["a=[1,2]", [{ a: [1, 2] }]],
  ["a=../x", [{ a: "../x" }]],
] as const)
  test(`--set ${assignment} stands for ${JSON.stringify(expected)}`, (t) => {
    t.deepEqual(values(assignment), expected);
  });

for (const [title, assignments, message] of [
  [
    "a range that goes down",
    ["a=4..1"],
    /^--set: "4\.\.1" is not accepted; accepted are FROM\.\.TO with TO above FROM/,
  ],
  ["a factor that does not grow", ["a=1..9*1"], /^--set: "1\.\.9\*1" is not accepted/],
  ["a step that does not move", ["a=1..9+0"], /^--set: "1\.\.9\+0" is not accepted/],
  ["more runs than are accepted", ["a=1..10001"], /^--set: "a=1\.\.10001" makes more than 10000 runs/],
  ["a grid of too many runs", ["a=1..200", "b=1..200"], /^--set: a × b makes 40000 runs; at most 10000 are accepted$/],
  ["a third key", ["a=1,2", "b=1,2", "c=1,2"], /^--set: a, b, c are swept; at most 2 keys at a time can be$/],
] as const)
  test(`a sweep with ${title} is refused with what is accepted`, (t) => {
    t.regex(t.throws(() => sweepOf({}, assignments)).message, message);
  });

test("two swept keys make every combination, each in a scenario of its own", (t) => {
  const sweep = sweepOf({ fixed: true }, ["a.b=1,2", "c=x,y", "d=7"]);
  t.deepEqual(
    [...variantsOf(sweep)],
    [
      { set: { "a.b": 1, c: "x" }, scenario: { fixed: true, a: { b: 1 }, c: "x", d: 7 } },
      { set: { "a.b": 1, c: "y" }, scenario: { fixed: true, a: { b: 1 }, c: "y", d: 7 } },
      { set: { "a.b": 2, c: "x" }, scenario: { fixed: true, a: { b: 2 }, c: "x", d: 7 } },
      { set: { "a.b": 2, c: "y" }, scenario: { fixed: true, a: { b: 2 }, c: "y", d: 7 } },
    ],
  );
});

const figures = [
  { name: "lost", isDrawn: true },
  { name: "same" },
  { name: "none" },
  { name: "a figure with a long name" },
] as const;
const rows: readonly SweepRow[] = [8, 4, 0].map((lost, index) => ({
  set: { n: 2 ** index },
  values: [lost, 7, 0, index],
}));

test("a sweep is a row a value, what stays the same said once, and a chart of what changes", (t) => {
  t.deepEqual(sweepLines(["n"], figures, rows, { width: 40, paint: plain }), [
    "  n  lost  a figure with a long name",
    "  1     8                          0",
    "  2     4                          1",
    "  4     0                          2",
    "  in all runs: same 7",
    "",
    "lost by n",
    "          8 ┤████",
    "            │████",
    "            │████████",
    "          0 │████████",
    "            └1──────────4",
  ]);
});

test("columns that do not fit are named", (t) => {
  const lines = sweepLines(["n"], figures, rows, { width: 30, paint: plain });
  t.deepEqual(lines.slice(0, 7), [
    "  n  lost",
    "  1     8",
    "  2     4",
    "  4     0",
    "  not as wide as the table",
    "  (--json has all): a figure",
    "  with a long name",
  ]);
});

test("of many values neighbours with the same figures share a row", (t) => {
  const many = Array.from({ length: 100 }, (_, index) => ({ set: { n: index }, values: [Math.min(index, 3)] }));
  t.deepEqual(sweepLines(["n"], [{ name: "lost" }], many, { width: 80, paint: plain }), [
    "      n  lost",
    "      0     0",
    "      1     1",
    "      2     2",
    "  3..99     3",
  ]);
});

test("two keys are a grid of each drawn figure", (t) => {
  const grid = [1, 2].flatMap((a) =>
    ["x", "y"].map((b, index) => ({ set: { a, b }, values: [a * 10 + index, 7, 0, 0] })),
  );
  t.deepEqual(sweepLines(["a", "b"], figures, grid, { width: 80, paint: plain }), [
    "  in all runs: same 7",
    "",
    "lost: a down, b across",
    "      x   y",
    "  1  10  11",
    "  2  20  21",
  ]);
});
