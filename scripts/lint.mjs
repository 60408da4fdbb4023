// Format, lint and types of everything, TypeScript and C++. C++ tools that are not installed are named and
// skipped, unless SOCKSCOPE_REQUIRE_ALL=1.
import { spawnSync } from "node:child_process";
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
const defines = ["-DNAPI_VERSION=8", "-DNODE_ADDON_API_DISABLE_CPP_EXCEPTIONS", "-D_GNU_SOURCE"];

/** @type {[string, string, string[]][]} */
const steps = [
  ["biome", bin("biome"), ["check", "."]],
  ["oxlint", bin("oxlint"), ["--type-aware", "src", "test", "scripts", "examples"]],
  ["types", bin("tsc"), ["-p", "test/tsconfig.json", "--noEmit"]],
  ["types of the pages", bin("tsc"), ["-p", "src/web/tsconfig.json"]],
  ["clang-format", "clang-format", ["-n", "-Werror", ...cpp]],
  [
    "clang-tidy",
    "clang-tidy",
    [
      "--quiet",
      ...sources,
      "--",
      "-std=c++17",
      "-fno-exceptions",
      `-isystem${headers}`,
      `-isystem${napi}`,
      "-Iaddon",
      ...defines,
    ],
  ],
];

let failed = false;
for (const [name, command, args] of steps) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  const absent = error?.code === "ENOENT";
  console.log(`lint: ${name}: ${status === 0 ? "ok" : absent ? "not installed, skipped" : "failed"}`);
  if (status !== 0 && (!absent || process.env.SOCKSCOPE_REQUIRE_ALL === "1")) failed = true;
}
process.exitCode = failed ? 1 : 0;
