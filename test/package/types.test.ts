// The types as a TypeScript user meets them: by publint and attw, and by tsc in strict projects that check libraries too.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { packageRoot } from "../package-root.js";
import { emptyProject, install, pack } from "./packed.js";

const modules = join(packageRoot, "node_modules");
const folder = emptyProject();
let tarball = "";

test.before(async (t) => {
  t.timeout(300_000);
  tarball = await pack(folder);
  t.is((await install(folder, tarball, "--ignore-scripts")).status, 0);
  for (const types of ["@types/node", "@opentelemetry/api"]) {
    mkdirSync(join(folder, "node_modules", types, ".."), { recursive: true });
    symlinkSync(join(modules, types), join(folder, "node_modules", types));
  }
});
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

test("publint has nothing to say of the tarball", async (t) => {
  const { publint } = await import("publint");
  const bytes = readFileSync(tarball);
  const archive = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages } = await publint({ pack: { tarball: archive }, strict: true });
  t.deepEqual(messages, []);
});

test("attw finds every entry's types, for require and import, with bundlers and TypeScript's old node resolution", (t) => {
  const attw = join(modules, "@arethetypeswrong/cli/dist/index.js");
  const { status, stdout } = spawnSync(process.execPath, [attw, tarball, "--format", "json"], { encoding: "utf8" });
  const { analysis } = JSON.parse(stdout) as { analysis: { problems: readonly unknown[] } };
  t.deepEqual(analysis.problems, []);
  t.is(status, 0);
});

const program = `
import { type Agent, type Finding, explain, start, support } from "sockscope";
import { readTcpInfo, readNetstat } from "sockscope/kernel";
import { simulate } from "sockscope/model";
import { register, metricsText } from "sockscope/prometheus";
import * as opentelemetry from "sockscope/opentelemetry";
import "sockscope/register";
import { createServer } from "node:net";

const agent: Agent = start({ intervalMs: 500 });
agent.on("finding", ({ summary, severity }: Finding) => void [summary.length, severity]);
const server = createServer();
const rtt: number | undefined = readTcpInfo(server)?.rttMicros;
register(agent, { registerMetric: () => undefined });
opentelemetry.register(agent);
export const told: unknown[] = [support().ok, explain(server).account, rtt, readNetstat(), simulate, metricsText(agent)];
// @ts-expect-error a port is a number
start({ http: {} });
`;

/** Both kinds of modules, by TypeScript as it is installed here. */
const projects = {
  "ES modules": { file: "program.mts", options: { module: "nodenext", moduleResolution: "nodenext" } },
  CommonJS: { file: "program.cts", options: { module: "nodenext", moduleResolution: "nodenext" } },
  "a bundler": { file: "program.ts", options: { module: "esnext", moduleResolution: "bundler" } },
};

for (const [kind, { file, options }] of Object.entries(projects)) {
  test(`a strict project of ${kind} compiles against the tarball without skipLibCheck`, (t) => {
    const project = join(folder, file.replace(".", "-"));
    mkdirSync(project);
    writeFileSync(join(project, file), program);
    const compilerOptions = {
      ...options,
      target: "es2022",
      types: ["node"],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
    };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
    const { status, stdout } = spawnSync(process.execPath, [join(modules, "typescript/bin/tsc"), "-p", project], {
      encoding: "utf8",
    });
    t.is(stdout, "");
    t.is(status, 0);
  });
}
