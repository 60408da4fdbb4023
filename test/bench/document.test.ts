// What the bench makes of its figures: the page, the table that the README quotes, charts, profiles. All pure.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import test from "ava";
import { packageRoot } from "../package-root.js";

const load = async <Module>(...path: readonly string[]): Promise<Module> =>
  (await import(pathToFileURL(join(packageRoot, "bench", ...path)).href)) as Module;

interface Goals {
  goalsBlock(results: readonly object[]): string;
  goalsIn(text: string): string | undefined;
  withGoals(text: string, block: string): string;
}
const goals = load<Goals>("document/goals.mjs");

const result = {
  id: "shoes",
  work: "shoes tied",
  goal: "≤ 2 × by hand",
  figures: [
    { what: "one", brief: "beside hands", value: 1.51, low: 1, high: 2, unit: "×", atMost: 2 },
    { what: "ten", brief: "beside hands", value: 2.5, unit: "×", atMost: 2, because: "knots take 80 %." },
    { what: "one, time", value: 12, unit: "s" },
  ],
  peers: [{ what: "a | machine", brief: "a machine", value: 9, unit: "×" }],
  notes: ["Laces are dry."],
};

test("the README's table of goals is that of docs/performance.md", async (t) => {
  const { goalsIn } = await goals;
  const read = (file: string): string => readFileSync(join(packageRoot, file), "utf8");
  const quoted = goalsIn(read("README.md"));
  t.truthy(quoted);
  t.is(quoted, goalsIn(read("docs/performance.md")));
});

test("figures of one name are one in the table of goals, from the least to the largest", async (t) => {
  const { goalsBlock, goalsIn } = await goals;
  const block = goalsBlock([result, { ...result, figures: [], peers: [], failed: "needs gcc" }]);
  t.is(goalsIn(`before\n${block}\nafter`), block);
  t.deepEqual(block.split("\n").slice(1, -1), [
    "| work | goal | measured | others | met |",
    "| --- | --- | --- | --- | --- |",
    "| shoes tied | ≤ 2 × by hand | beside hands 1.51 to 2.5 × | a machine 9 × | 1 of 2 |",
    "| shoes tied | ≤ 2 × by hand |  |  | not measured |",
  ]);
});

test("a new table of goals takes the place of the old one and leaves the rest", async (t) => {
  const { goalsBlock, withGoals } = await goals;
  const [before, after] = [goalsBlock([]), goalsBlock([result])];
  t.is(withGoals(`one\n${before}\ntwo $&`, after), `one\n${after}\ntwo $&`);
  t.throws(() => withGoals("nothing", after), { message: /^there is no line/ });
});

test("the page has each figure with its goal, the command that shows it again, and why a goal is missed", async (t) => {
  const { pageOf } = await load<{ pageOf(run: object): string }>("document/page.mjs");
  const page = pageOf({ facts: ["a machine."], results: [result] });
  t.deepEqual(page.slice(page.indexOf("## Shoes tied")).trim().split("\n\n"), [
    "## Shoes tied",
    "Goal: ≤ 2 × by hand. Met: 1 of 2. `npm run bench -- --only shoes`",
    [
      "| figure | measured | goal | met |",
      "| --- | --- | --- | --- |",
      "| one | 1.51 × (1 to 2) | ≤ 2 × | yes |",
      "| ten | 2.5 × | ≤ 2 × | **missed** |",
      "| one, time | 12 s |  |  |",
      "| *a \\| machine* | 9 × |  |  |",
    ].join("\n"),
    "**Missed** (ten): knots take 80 %.",
    "Laces are dry.",
  ]);
  t.regex(page, /^# Performance\n/);
  t.regex(page, /\n- a machine\.\n/);
});

test("a profile is told by places: own files by their path, an addon by who called it, what is idle left out", async (t) => {
  interface Profile {
    placesOf(profile: object): Map<string, number>;
    sharesText(places: Map<string, number>): string;
    differenceText(places: Map<string, number>, others: Map<string, number>): string;
  }
  const { placesOf, sharesText, differenceText } = await load<Profile>("measure/profile.mjs");
  const frames = [
    ["(root)", ""],
    ["(idle)", ""],
    ["look", "file:///x/dist/agent/look.js"],
    ["read", "/x/dist/agent/look.js"],
    ["(garbage collector)", ""],
    ["readLoops", ""],
    ["load", "node:internal/modules"],
    ["readSockets", "/x/dist/kernel/sockets.js"],
    ["last of the addon", ""],
    ["once", "/x/dist/kernel/loops.js"],
    ["last of the addon", ""],
  ];
  const children: Readonly<Record<number, readonly number[]>> = { 0: [1, 2, 4, 5, 6, 9], 2: [3, 7], 7: [8], 9: [10] };
  const nodes = frames.map(([functionName, url], id) => ({
    id,
    callFrame: { functionName, url },
    children: children[id],
  }));
  const timeDeltas = [9000, 3000, 1000, 2000, 1000, 1000, 400, 100];
  const places = placesOf({ nodes, samples: [1, 2, 3, 4, 5, 6, 8, 10], timeDeltas });
  t.deepEqual(
    [...places],
    [
      ["agent/look", 4],
      ["garbage collection", 2],
      ["readLoops", 1],
      ["node:internal/modules", 1],
      ["C++ for agent/look", 0.4],
      ["C++ for kernel/loops", 0.1],
    ],
  );
  t.is(
    sharesText(places),
    "agent/look 47 %, garbage collection 24 %, readLoops 12 %, node:internal/modules 12 %, C++ for agent/look 5 %, C++ for kernel/loops 1 %",
  );
  t.is(
    differenceText(
      places,
      new Map([
        ["agent/look", 1],
        ["readLoops", 5],
      ]),
    ),
    "agent/look 3.0 ms, garbage collection 2.0 ms, node:internal/modules 1.0 ms, C++ for agent/look 0.4 ms, C++ for kernel/loops 0.1 ms",
  );
});

test("a chart has each series' points on axes that hold them, and its name beside its end", async (t) => {
  const { chart } = await load<{ chart(drawn: object): string }>("document/chart.mjs");
  const series = [
    {
      name: "a < b",
      points: [
        [1, 10],
        [100, 1000],
      ],
    },
  ];
  const svg = chart({ title: "t", xLabel: "x", yLabel: "y", series });
  const points = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
  const line = /<path d="M([\d.]+) ([\d.]+) L([\d.]+) ([\d.]+)" fill="none"/.exec(svg)!.slice(1).map(Number);
  t.deepEqual(points.flat(), line);
  t.true(line[0]! < line[2]! && line[1]! > line[3]!);
  t.true(svg.includes(">a &lt; b</text>"));
});
