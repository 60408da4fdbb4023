// Format, lint and types of everything, TypeScript and C++. C++ tools that are not installed are named and
// skipped, unless SOCKSCOPE_REQUIRE_ALL=1.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeDir } from "./node-dir.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const bin = (name) => join(root, "node_modules/.bin", name);
const cpp = readdirSync(join(root, "addon"), { recursive: true })
  .filter((file) => /\.(cc|hh)$/.test(file))
  .map((file) => join("addon", file));
const sources = cpp.filter((file) => file.endsWith(".cc"));
const headers = join(nodeDir() ?? "/usr", "include/node");
const napi = join(root, "node_modules/node-addon-api");
const defines = [
  "-DNAPI_VERSION=8",
  "-DNODE_ADDON_API_DISABLE_CPP_EXCEPTIONS",
  "-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
  "-D_GNU_SOURCE",
];

const compiled = ["-std=c++17", "-fno-exceptions", `-isystem${headers}`, `-isystem${napi}`, "-Iaddon", ...defines];
const tidy = (part) => ["clang-tidy", "clang-tidy", ["--quiet", ...part, "--", ...compiled]];
const middle = Math.ceil(sources.length / 2);

/** @type {[string, string, string[]][]} */
const steps = [
  tidy(sources.slice(0, middle)),
  tidy(sources.slice(middle)),
  ["biome", bin("biome"), ["check", "."]],
  ["oxlint", bin("oxlint"), ["--type-aware", "src", "test", "scripts", "examples", "bench"]],
  ["types", bin("tsc"), ["-p", "test/tsconfig.json", "--noEmit"]],
  ["types of the pages", bin("tsc"), ["-p", "src/web/tsconfig.json"]],
  ["clang-format", "clang-format", ["-n", "-Werror", ...cpp]],
];

const runStep = ([name, command, args]) =>
  new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const said = [];
    child.stdout.on("data", (chunk) => said.push(chunk));
    child.stderr.on("data", (chunk) => said.push(chunk));
    child.on("error", ({ code, message }) =>
      done({ name, failed: code !== "ENOENT", absent: code === "ENOENT", said: message }),
    );
    child.on("close", (status) =>
      done({ name, failed: status !== 0, absent: false, said: Buffer.concat(said).toString() }),
    );
  });

// Two at a time; what each has to say stays together.
const queue = steps.toReversed();
let failed = false;
const work = async () => {
  for (let step = queue.pop(); step; step = queue.pop()) {
    const result = await runStep(step);
    if (result.failed) console.log(result.said);
    console.log(`lint: ${result.name}: ${result.absent ? "not installed, skipped" : result.failed ? "failed" : "ok"}`);
    if (result.failed || (result.absent && process.env.SOCKSCOPE_REQUIRE_ALL === "1")) failed = true;
  }
};
await Promise.all([work(), work()]);
process.exitCode = failed ? 1 : 0;
