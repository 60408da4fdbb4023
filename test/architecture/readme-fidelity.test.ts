// What the README quotes of the model's fidelity is what the page says that `npm run fidelity` writes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { packageRoot } from "../package-root.js";

const linesOf = (file: string): readonly string[] => readFileSync(join(packageRoot, file), "utf8").split("\n");
const cells = (line: string | undefined): readonly string[] =>
  (line ?? "")
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

test("the README's figures of the model against the kernel are those of docs/fidelity.md", (t) => {
  const page = linesOf("docs/fidelity.md");
  const transfers = page.slice(page.findIndex((line) => line.startsWith("| median / 95th percentile")));
  const names = cells(transfers[0]).slice(1);
  const all = cells(transfers.find((line) => line.startsWith("| all |"))).slice(1);
  const measured = new Map(names.map((name, index) => [name, all[index]!.replace(/ \(.*/, "").split(" / ")]));
  const readme = linesOf("README.md");
  const head = readme.findIndex((line) => line.startsWith("| | taken before would-block"));
  const quoted = cells(readme[head]).slice(1);
  t.true(quoted.length > 3);
  for (const [row, part] of [
    ["median", 0],
    ["95th percentile", 1],
  ] as const) {
    const line = readme.slice(head).find((one) => one.startsWith(`| ${row} |`));
    t.deepEqual(
      cells(line).slice(1),
      quoted.map((name) => measured.get(name)?.[part]),
    );
  }
});

test("the README's count of listeners that agree is that of docs/fidelity.md", (t) => {
  const text = (file: string): string => linesOf(file).join(" ");
  const [, runs, scenarios, equal] = /(\d+) runs of (\d+) scenarios: (\d+) equal/.exec(text("docs/fidelity.md")) ?? [];
  t.is(runs, scenarios);
  const quoted = /Of (\d+) random listeners\s+under random load, (\d+) had every count equal/.exec(text("README.md"));
  t.deepEqual(quoted?.slice(1), [scenarios, equal]);
});
