// What users, other programs and other processes hand over: options, arguments, requests, records, scenarios, frames.
import { httpAddress } from "../../../src/agent/options/http-address.js";
import { muteRules } from "../../../src/agent/options/mute.js";
import { milliseconds, numberOf, onOff, secret } from "../../../src/agent/options/option-values.js";
import { resolveOptions } from "../../../src/agent/options/options.js";
import { framesOf } from "../../../src/agent/node-side/origins.js";
import { loadSourceMap, originalPlace } from "../../../src/agent/stacks/source-map.js";
import { UsageError } from "../../../src/cli/command.js";
import { commands } from "../../../src/cli/commands.js";
import { backlogIn } from "../../../src/cli/demo/demos.js";
import { readLogLine } from "../../../src/cli/demo/processes.js";
import { parseInventory } from "../../../src/cli/doctor/inventory.js";
import { parseFindings } from "../../../src/cli/outside/told-findings.js";
import { parsePlace } from "../../../src/cli/explain/place.js";
import { parseRequest } from "../../../src/cli/parse.js";
import { parseAssignment, parseValue } from "../../../src/cli/simulate/assignment.js";
import { sweepOf } from "../../../src/cli/simulate/sweep.js";
import { parseDurationMs, parseWhole } from "../../../src/cli/values.js";
import { findingLines } from "../../../src/cli/view/finding.js";
import { placeOf } from "../../../src/cli/view/snippet.js";
import { refusalOf } from "../../../src/export/http/access.js";
import { readRecord } from "../../../src/export/record/record.js";
import { irqRole } from "../../../src/kernel/nic-irqs.js";
import { versionOf } from "../../../src/model/accept/generation.js";
import { ScenarioError } from "../../../src/model/checks.js";
import { parseScenario } from "../../../src/model/validate.js";
import { createEventParser } from "../../../src/web/live/sse.js";
import type { TextTarget } from "../target.js";

type More = Pick<TextTarget, "made" | "words" | "refuses">;
/** These tell words and figures of their own. */
const target = (
  name: string,
  covers: string,
  seeds: readonly string[],
  parse: (text: string) => unknown,
  more: More = {},
): TextTarget => ({ kind: "text", name, covers: [covers], seeds, parse, isProse: true, ...more });

const usage = { refuses: UsageError };

const json = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const accept = {
  kind: "accept",
  listener: { backlog: 4 },
  sysctl: { somaxconn: 4096 },
  rtt: 0.0001,
  arrivals: [
    { at: 0, count: 10 },
    { from: 1, until: 2, rate: 100 },
  ],
  accepts: [{ at: 3.5, count: "all" }],
  until: 10,
};
const transfer = {
  kind: "transfer",
  path: { device: "loopback" },
  sender: { sndbuf: 87040, nonblocking: true, writes: [{ at: 0, bytes: 1000000 }] },
  receiver: { rcvbuf: 131072, reads: [{ at: 5, bytes: 65536 }] },
  until: 10,
};
const nic = {
  kind: "nic",
  nic: { ring: 256, packetBytes: 1500 },
  cpu: { interruptCost: 2e-6, packetCost: 1e-6 },
  arrivals: [{ from: 0, until: 1, rate: 10000 }],
  until: 1,
};

const sourceMap = JSON.stringify({
  version: 3,
  sources: ["a.ts"],
  names: ["f"],
  mappings: "AAAA,SAASA,IAAI;AACb",
  sourceRoot: "",
});
const finding = {
  id: "1",
  symptom: "accept-wait",
  cause: "unknown",
  severity: "warning",
  state: "active",
  summary: "…",
  confidence: 0.5,
  evidence: [{ name: "drops", value: 3, unit: "segments", source: "SO_MEMINFO[8]" }],
  ruledOut: [{ cause: "cpu-starved", because: "it ran" }],
  remedy: ["raise listen's backlog to 511"],
  subject: { kind: "listener", port: 3000, examples: ["10.0.0.1:9"] },
  stack: ["f (/app/a.js:1:2)"],
  prediction: { backlog: { drops: 0 } },
  firstSeen: 1,
  lastSeen: 2,
};
const frame = { v: 1, time: 1, at: 1, loops: [], listeners: [{ points: [] }], stalls: [], findings: [finding] };
const request = ["GET", "/findings?x=1", "localhost:9464", "Bearer abc", "same-origin", ""];

/** Header lines as an HTTP request gives them. */
const asked = (text: string): unknown => {
  const [method = "", url = "", host, authorization, site, origin] = text.split("\n");
  const headers = { host, authorization, "sec-fetch-site": site, origin };
  return [true, false].map((isNear) => refusalOf({ method, url, headers, isNear }, isNear ? undefined : "abc")?.status);
};

/** A script whose map is this text. */
const mapped = (text: string): unknown => {
  const loaded = loadSourceMap({
    url: "file:///app/server.js",
    sourceMapURL: `data:application/json;base64,${Buffer.from(text, "latin1").toString("base64")}`,
  });
  return loaded && [originalPlace(loaded, 0, 0), originalPlace(loaded, 1, 3)];
};

export const givenTargets: readonly TextTarget[] = [
  target(
    "http-address",
    "src/agent/options/http-address.ts httpAddress",
    ["0.0.0.0:9464", "[::1]:80", "9464", "/run/a.sock", "off"],
    (text) => httpAddress.parse(text),
  ),
  target("mute", "src/agent/options/mute.ts muteRules", ["accept-wait/unknown@3000,data-pruned"], (text) =>
    muteRules.parse(text),
  ),
  target("option-values", "src/agent/options/option-values.ts numberOf", ["250", " 0.5 ", "on"], (text) => [
    numberOf(text),
    milliseconds(5, 60_000).parse(text),
    onOff.parse(text),
    secret.parse(text),
  ]),
  target(
    "config-file",
    "src/agent/options/options.ts resolveOptions",
    ['{"intervalMs": 250, "mute": "accept-wait@3000", "http": 9464, "blockedMs": 100}'],
    (text) =>
      resolveOptions({ env: { SOCKSCOPE_LOG: text }, configFile: { path: "/app/sockscope.config.json", text } }),
  ),
  target(
    "stack-frames",
    "src/agent/node-side/origins.ts framesOf",
    ["Error: x\n    at async f (file:///app/a.js:1:2)\n    at /app/b.js:3:4\n    at node:net:1:1\n"],
    framesOf,
  ),
  target(
    "source-map",
    "src/agent/stacks/source-map.ts loadSourceMap",
    [sourceMap, sourceMap.replace('"sourceRoot":""', '"sourceRoot":5')],
    mapped,
  ),
  target(
    "arguments",
    "src/cli/parse.ts parseRequest",
    [["diagnose", "--port", "3000", "--json"].join("\0"), ["simulate", "a.json", "--set", "a=1"].join("\0"), "--help"],
    (text) => {
      const parsed = parseRequest(commands, text.split("\0"));
      return parsed.kind === "run" ? parsed.args : parsed.kind;
    },
    usage,
  ),
  target(
    "place",
    "src/cli/explain/place.ts parsePlace",
    ["127.0.0.1:3000", "[::1]:80", ":80", "@abstract"],
    (text) => parsePlace("LOCAL", text),
    usage,
  ),
  target(
    "duration",
    "src/cli/values.ts parseDurationMs",
    ["500ms", "1.5h"],
    (text) => parseDurationMs("--duration", text),
    usage,
  ),
  target("whole", "src/cli/values.ts parseWhole", ["3000"], (text) => parseWhole("--port", text, 1, 65_535), usage),
  target(
    "assignment",
    "src/cli/simulate/assignment.ts parseAssignment",
    ["listener.backlog=16"],
    parseAssignment,
    usage,
  ),
  target("value", "src/cli/simulate/assignment.ts parseValue", ['{"a": 1}', "text"], parseValue),
  target(
    "sweep",
    "src/cli/simulate/sweep.ts sweepOf",
    ["listener.backlog=1..64*2", "rtt=0.1..1+0.1", "listener.backlog=1,2,4"],
    (text) => sweepOf(accept, [text]).axes,
    usage,
  ),
  target("inventory", "src/cli/doctor/inventory.ts parseInventory", ['{"cpu":"x","interfaces":[]}'], parseInventory),
  target(
    "log-line",
    "src/cli/demo/processes.ts readLogLine",
    ['{"level":40,"name":"sockscope","event":"status","status":{"state":"running"}}'],
    readLogLine,
  ),
  target(
    "frame-place",
    "src/cli/view/snippet.ts placeOf",
    ["f (/app/a.js:1:2)", "g (file:///app/b.js:3:4)", "h (file://elsewhere/a%2Fb.js:1:2)"],
    placeOf,
  ),
  target(
    "told-findings",
    "src/cli/outside/told-findings.ts parseFindings",
    [JSON.stringify({ findings: [finding, finding] })],
    // What is taken can be shown.
    (text) => parseFindings(text)?.flatMap((one) => findingLines(one, { width: 80, paint: (_, shown) => shown })),
  ),
  target("remedy", "src/cli/demo/demos.ts backlogIn", ["raise listen's backlog to 511"], (text) => backlogIn([text])),
  target("http-request", "src/export/http/access.ts refusalOf", [request.join("\n")], asked),
  target(
    "record",
    "src/export/record/record.ts readRecord",
    [`{"v":1,"kind":"sockscope-record","version":"0"}\n${JSON.stringify(frame)}\n`],
    readRecord,
  ),
  target(
    "irq-role",
    "src/kernel/nic-irqs.ts irqRole",
    ["eth0-TxRx-3", "mlx5_comp7@pci:0000:04:00.0", "virtio2-input.0"],
    irqRole,
  ),
  target("release", "src/model/accept/generation.ts versionOf", ["6.12.10-amd64", "4.19.0+"], versionOf),
  target(
    "scenario",
    "src/model/validate.ts parseScenario",
    [accept, transfer, nic].map((scenario) => JSON.stringify(scenario)),
    (text) => parseScenario(json(text), {}, "6.18.0").kind,
    { refuses: ScenarioError },
  ),
  target(
    "server-events",
    "src/web/live/sse.ts createEventParser",
    ["event: frame\ndata: {}\n\n: quiet\r\ndata:1\r\n\r\n"],
    (text) => {
      const parser = createEventParser();
      return [...parser.push(text.slice(0, text.length >> 1)), ...parser.push(text.slice(text.length >> 1))];
    },
  ),
];
