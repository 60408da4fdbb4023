// The layout is the architecture: who may import whom, where the addon is loaded, how long a file may grow.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import test from "ava";
import { packageRoot } from "../package-root.js";

/** The folder (or file) directly below src/ → all that it imports: only what stands above it here. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  snapshot: [],
  binding: ["errors"],
  kernel: ["binding", "errors", "snapshot"],
  model: ["snapshot"],
  explain: ["model", "snapshot"],
  export: ["errors", "explain", "snapshot"],
  agent: ["binding", "errors", "explain", "export", "kernel", "snapshot"],
  cli: ["agent", "errors", "explain", "export", "kernel", "model", "snapshot"],
  web: ["explain", "export", "snapshot"],
  prometheus: ["agent", "export"],
  opentelemetry: ["agent", "export"],
  index: ["agent", "explain", "export", "kernel", "snapshot"],
  register: ["agent"],
};

const filesBelow = (folder: string, pattern: RegExp): string[] =>
  readdirSync(join(packageRoot, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => pattern.test(file) && !file.includes("fixtures"))
    .map((file) => join(folder, file));

const layerOf = (file: string): string => relative("src", file).split("/")[0]!.replace(/\.ts$/, "");

const importsOf = (file: string): string[] =>
  [...readFileSync(join(packageRoot, file), "utf8").matchAll(/(?:from|import|require)\s*\(?\s*"([^"]+)"/g)].map(
    (match) => match[1]!,
  );

/** The files of this repository that a file imports, types too. */
const neighboursOf = (file: string): string[] =>
  importsOf(file)
    .filter((name) => name.startsWith("."))
    .map((name) => relative(packageRoot, resolve(packageRoot, dirname(file), name)).replace(/\.js$/, ".ts"));

test("a layer imports the layers that the table says, and no others", (t) => {
  const offences: string[] = [];
  const unused = new Set(Object.entries(mayImport).flatMap(([layer, all]) => all.map((one) => `${layer} ${one}`)));
  for (const file of filesBelow("src", /(?<!\.d)\.ts$/)) {
    const layer = layerOf(file);
    const allowed = mayImport[layer];
    if (!allowed) {
      offences.push(`${file}: no layer is called ${layer}; a new one says in mayImport (above) what it may import`);
      continue;
    }
    for (const target of neighboursOf(file).map(layerOf)) {
      unused.delete(`${layer} ${target}`);
      if (target !== layer && !allowed.includes(target)) offences.push(`${file} imports ${target}`);
    }
  }
  t.deepEqual(offences, []);
  t.deepEqual([...unused], []);
});

test("no file leads back to itself but in the model, whose parts call each other as the kernel's do", (t) => {
  const files = filesBelow("src", /(?<!\.d)\.ts$/).filter((file) => layerOf(file) !== "model");
  const neighbours = new Map(files.map((file) => [file, neighboursOf(file)]));
  const leadsBack = (start: string): boolean => {
    const reached = new Set<string>();
    const ahead = [start];
    for (let file = ahead.pop(); file !== undefined; file = ahead.pop())
      for (const next of neighbours.get(file) ?? []) {
        if (next === start) return true;
        if (!reached.has(next)) ahead.push(next);
        reached.add(next);
      }
    return false;
  };
  t.deepEqual(files.filter(leadsBack), []);
});

test("only src/binding.ts loads the addon", (t) => {
  const loaders = filesBelow("src", /(?<!\.d)\.ts$/).filter((file) => importsOf(file).includes("node-gyp-build"));
  t.deepEqual(loaders, ["src/binding.ts"]);
});

test("the model has no clock, no chance and no input or output of its own", (t) => {
  const offences = filesBelow("src/model", /\.ts$/).filter(
    (file) =>
      importsOf(file).some((name) => name.startsWith("node:")) ||
      /\bDate\b|Math\.random|performance\.now|\bprocess\.(?!js\b)/.test(readFileSync(join(packageRoot, file), "utf8")),
  );
  t.deepEqual(offences, []);
});

test("the kernel half of the addon knows no JavaScript", (t) => {
  const offences = filesBelow("addon/kernel", /\.(cc|hh)$/).filter((file) =>
    /napi|node_api/.test(
      readFileSync(join(packageRoot, file), "utf8").replace(/SO_INCOMING_NAPI_ID|napi_id|NAPI/gi, ""),
    ),
  );
  t.deepEqual(offences, []);
});

test("no file of source or tests is longer than 250 lines", (t) => {
  const offences = ["src", "addon", "test", "scripts", "bench", "examples"]
    .flatMap((folder) => filesBelow(folder, /\.(ts|mjs|css|cc|hh)$/))
    .map((file) => ({ file, lines: readFileSync(join(packageRoot, file), "utf8").split("\n").length - 1 }))
    .filter(({ lines }) => lines > 250);
  t.deepEqual(offences, []);
});

test("the package installs nothing by script and depends on two packages", (t) => {
  const manifest = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
    dependencies: Record<string, string>;
    gypfile: boolean;
  };
  t.deepEqual(Object.keys(manifest.dependencies), ["node-gyp-build", "systeminformation"]);
  t.deepEqual(
    ["preinstall", "install", "postinstall"].filter((name) => name in manifest.scripts),
    [],
  );
  t.false(manifest.gypfile);
});
