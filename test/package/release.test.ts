// What the release verifies before it publishes: the packed tarball passes, and no altered one does.
import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import test from "ava";
import { packageRoot } from "../package-root.js";
import { pack, packsWhole } from "./packed.js";

const where = packsWhole ? test : test.skip;
const needs = "(Debian package g++-aarch64-linux-gnu)";

type Verify = (tarball: string, folder: string) => readonly string[];

const folder = mkdtempSync(join(tmpdir(), "sockscope-release-"));
let tarball = "";
let verify: Verify = () => ["not loaded"];

test.before(async (t) => {
  if (!packsWhole) return;
  t.timeout(300_000);
  tarball = await pack(folder);
  const script = pathToFileURL(join(packageRoot, "scripts/tarball.mjs")).href;
  verify = ((await import(script)) as { verifyTarball: Verify }).verifyTarball;
});
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

where(`the packed tarball holds what ships, as it is in the tree, and nothing else ${needs}`, (t) => {
  t.deepEqual(verify(tarball, packageRoot), []);
});

const manifest = (change: (json: Record<string, Record<string, unknown>>) => void) => (contents: string) => {
  const file = join(contents, "package.json");
  const json = JSON.parse(readFileSync(file, "utf8")) as Record<string, Record<string, unknown>>;
  change(json);
  writeFileSync(file, JSON.stringify(json));
};

/** What somebody did to the unpacked tarball → the line that says so. */
const alterations: Readonly<Record<string, readonly [alter: (contents: string) => void, said: RegExp]>> = {
  "a byte more in an addon": [
    (contents) => appendFileSync(join(contents, "prebuilds/linux-arm64/sockscope.node"), "\0"),
    /^prebuilds\/linux-arm64\/sockscope\.node: other bytes than in /,
  ],
  "other code": [
    (contents) => appendFileSync(join(contents, "dist/index.js"), "fetch('http://127.0.0.1');"),
    /^dist\/index\.js: other bytes than in /,
  ],
  "a missing addon": [
    (contents) => rmSync(join(contents, "prebuilds/linux-arm64"), { recursive: true }),
    /^prebuilds\/linux-arm64\/sockscope\.node: missing$/,
  ],
  "a stray file": [(contents) => writeFileSync(join(contents, ".npmrc"), ""), /^\.npmrc: no file of this form ships$/],
  "a file that nobody wrote": [
    (contents) => writeFileSync(join(contents, "dist/more.js"), ""),
    /^dist\/more\.js: not in /,
  ],
  "a link": [
    (contents) => {
      rmSync(join(contents, "LICENSE"));
      symlinkSync("/etc/hostname", join(contents, "LICENSE"));
    },
    /^LICENSE: not a plain file/,
  ],
  "an executable": [(contents) => chmodSync(join(contents, "dist/index.js"), 0o755), /^dist\/index\.js: mode 755$/],
  "an install script": [
    manifest((json) => (json.scripts!.postinstall = "node dist/index.js")),
    /^package\.json: install script postinstall$/,
  ],
  "a third dependency": [
    manifest((json) => (json.dependencies!["left-pad"] = "^1.3.0")),
    /^package\.json: dependencies left-pad, node-gyp-build, systeminformation$/,
  ],
  "a range that takes anything": [
    manifest((json) => (json.dependencies!["node-gyp-build"] = "*")),
    /^package\.json: node-gyp-build \* is no caret range$/,
  ],
  "another licence": [
    manifest((json) => Object.assign(json, { license: "UNLICENSED" })),
    /^package\.json: license UNLICENSED$/,
  ],
  "an entry that leads nowhere": [
    manifest((json) => (json.exports!["./more"] = "./dist/more.js")),
    /^package\.json: \.\/dist\/more\.js is not in the tarball$/,
  ],
};

for (const [what, [alter, said]] of Object.entries(alterations)) {
  where(`a tarball with ${what} is refused ${needs}`, (t) => {
    const altered = mkdtempSync(join(folder, "altered-"));
    execFileSync("tar", ["-xzf", tarball, "-C", altered]);
    alter(join(altered, "package"));
    const file = join(altered, "altered.tgz");
    execFileSync("tar", ["-czf", file, "--format=ustar", "-C", altered, "package"]);
    const problems = verify(file, packageRoot);
    t.true(
      problems.some((line) => said.test(line)),
      problems.join("\n"),
    );
  });
}
