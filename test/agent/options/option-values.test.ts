import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { readConfigFile } from "../../../src/agent/options/config-file.js";
import { httpAddress } from "../../../src/agent/options/http-address.js";
import { muteRules } from "../../../src/agent/options/mute.js";
import { isMuted } from "../../../src/explain/mute.js";

test("SOCKSCOPE_HTTP takes host:port, a port, a unix path or off", (t) => {
  for (const [value, expected] of [
    ["off", "off"],
    [false, "off"],
    ["9464", { host: "127.0.0.1", port: 9464 }],
    [0, { host: "127.0.0.1", port: 0 }],
    ["app.internal:80", { host: "app.internal", port: 80 }],
    ["[2001:db8::1]:80", { host: "2001:db8::1", port: 80 }],
    ["./agent.sock", { path: "./agent.sock" }],
    ["http://localhost:80", undefined],
    ["::1:80", undefined],
    ["[::zz]:80", undefined],
    ["host:", undefined],
    ["65536", undefined],
    [-1, undefined],
    [null, undefined],
  ] as const)
    t.deepEqual(httpAddress.parse(value), expected, String(value));
});

test("SOCKSCOPE_MUTE takes symptom[/cause][@port] and refuses names that do not exist", (t) => {
  for (const [value, expected] of [
    ["accept-wait", [{ symptom: "accept-wait", cause: undefined, port: undefined }]],
    ["accept-wait@80,", [{ symptom: "accept-wait", cause: undefined, port: 80 }]],
    [["accept-wait/unknown"], [{ symptom: "accept-wait", cause: "unknown", port: undefined }]],
    ["accept-weight", undefined],
    ["accept-wait/typo", undefined],
    ["accept-wait@0", undefined],
    ["accept-wait@70000", undefined],
    ["accept-wait@80/unknown", undefined],
    [[5], undefined],
    [5, undefined],
  ] as const)
    t.deepEqual(muteRules.parse(value), expected, String(value));
});

test("a finding is muted when symptom, cause and port fit a rule", (t) => {
  const finding = {
    symptom: "accept-wait",
    cause: "cpu-starved",
    subject: { kind: "listener", port: 80 },
  } as const;
  const muted = (value: string) => isMuted(finding, muteRules.parse(value) ?? []);
  t.deepEqual(["accept-wait", "accept-wait/cpu-starved", "accept-wait@80", "accept-wait/cpu-starved@80"].map(muted), [
    true,
    true,
    true,
    true,
  ]);
  t.deepEqual(["accept-queue-overflow", "accept-wait/unknown", "accept-wait@81", ""].map(muted), [
    false,
    false,
    false,
    false,
  ]);
});

test("the config file beside the main script is read, and what cannot be read is said", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-config-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "sockscope.config.json");
  t.is(readConfigFile(join(folder, "main.js")), undefined);
  writeFileSync(path, '{"log":"off"}');
  t.deepEqual(readConfigFile(join(folder, "main.js")), { path, text: '{"log":"off"}' });
  rmSync(path);
  mkdirSync(path);
  t.deepEqual(readConfigFile(join(folder, "main.js")), { path, error: "is not a regular file" });
});
