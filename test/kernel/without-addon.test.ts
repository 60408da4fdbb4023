import { spawnSync } from "node:child_process";
import { join } from "node:path";
import test from "ava";
import { packageRoot } from "../package-root.js";

const permission = process.allowedNodeEnvironmentFlags.has("--permission")
  ? "--permission"
  : "--experimental-permission";

// The permission model refuses addons, as a missing prebuilt file or another system would.
const program = `
const kernel = require(${JSON.stringify(join(packageRoot, "build-test/src/kernel/index.js"))});
const { bindingError } = require(${JSON.stringify(join(packageRoot, "build-test/src/binding.js"))});
const { ok, addon, readings } = kernel.support();
const said = [
  kernel.readTcpInfo(0), kernel.readMemInfo(0), kernel.readQueues(0), kernel.readListener(0), kernel.readSockets([0]).length,
  kernel.walkSockets(), kernel.openDiag(), kernel.dumpSockets(), kernel.registerLoop(), kernel.readLoops(),
  [...kernel.loopOfListeners([0])], kernel.currentTid(), kernel.writeNow(0, new Uint8Array(1)),
];
console.log(JSON.stringify({ ok, addon, bindingError, addonSays: readings.addon, diag: readings.sock_diag, said }));
`;

test("without the addon every reading is absent, nothing throws, and support() says why", (t) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [permission, "--allow-fs-read=*", "-e", program], {
    encoding: "utf8",
  });
  t.is(status, 0, stderr);
  const { bindingError, addonSays, diag, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
  t.regex(String(bindingError), /^the addon cannot be loaded: [^\n]+$/);
  t.deepEqual(addonSays, { available: false, reason: bindingError });
  t.deepEqual(diag, { available: false, reason: bindingError });
  t.deepEqual(rest, {
    ok: false,
    addon: false,
    said: [null, null, null, null, 0, null, null, null, null, [], [], null, -38],
  });
});
