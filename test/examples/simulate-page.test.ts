// Every example of docs/simulate.md is run: its commands, its scenarios, and the scenarios that come with the package.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { simulate } from "../../src/model/index.js";
import { runCli } from "../cli/run-cli.js";
import { packageRoot } from "../package-root.js";

const page = readFileSync(join(packageRoot, "docs/simulate.md"), "utf8");
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(/^```(\w*)\n(.*?)^```/gms)].filter((block) => block[1] === language).map((block) => block[2]!);

const commands = blocks("console").flatMap((block) => block.trim().split("\n"));

test("the page on simulate has commands and a scenario of each kind", (t) => {
  t.true(commands.length >= 5, `${commands.length}`);
  const kinds = blocks("jsonc").map((text) => /"kind": "(\w+)"/.exec(text)?.[1]);
  t.deepEqual(kinds, ["accept", "transfer", "nic"]);
});

for (const command of commands)
  test(`${command} does what the page says: it runs`, async (t) => {
    const { status, stdout, stderr } = await runCli(...command.split(" ").slice(2));
    t.deepEqual([status, stderr], [0, ""]);
    t.true(stdout.split("\n").length > 1);
  });

for (const text of blocks("jsonc"))
  test(`the page's scenario ${text.slice(0, 24).trim()} … runs`, (t) => {
    const scenario = JSON.parse(text.replaceAll(/\/\/.*$/gm, "")) as { kind: string };
    t.is((simulate(scenario as never) as { kind: string }).kind, scenario.kind);
  });

test("the page shows what the sweep of ghosts prints", async (t) => {
  const { stdout } = await runCli(
    ...commands
      .find((command) => command.includes("ghosts.json --set"))!
      .split(" ")
      .slice(2),
  );
  const [shown = ""] = blocks("");
  t.is(stdout.slice(0, shown.length), shown);
});

const folder = join(packageRoot, "examples/scenarios");
for (const name of readdirSync(folder))
  test(`examples/scenarios/${name} is well formed and something happens in it`, (t) => {
    const result = simulate(JSON.parse(readFileSync(join(folder, name), "utf8")) as never) as {
      timeline: readonly unknown[];
    };
    t.true(result.timeline.length > 1);
  });
