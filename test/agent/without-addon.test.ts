import { spawnSync } from "node:child_process";
import { join } from "node:path";
import test from "ava";
import { packageRoot } from "../package-root.js";

const known = process.allowedNodeEnvironmentFlags;
const permission = [
  known.has("--permission") ? "--permission" : "--experimental-permission",
  // From Node 25 on sockets need a permission too.
  ...(known.has("--allow-net") ? ["--allow-net"] : []),
];

// The permission model refuses addons, as a missing prebuilt file or another system would.
const program = `
const { explain } = require(${JSON.stringify(join(packageRoot, "build-test/src/index.js"))});
const net = require("node:net");
let wrong;
try {
  explain("3000");
} catch (error) {
  wrong = error.name;
}
const server = net.createServer().listen(0, "127.0.0.1", () => {
  const { finding, account, known } = explain(server);
  console.log(JSON.stringify({ finding, account, known, wrong }));
  server.close();
});
`;

test("without the addon explain() throws nothing but for a wrong argument, and says what is missing", (t) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [...permission, "--allow-fs-read=*", "-e", program], {
    encoding: "utf8",
  });
  t.is(status, 0, stderr);
  const { account, ...rest } = JSON.parse(stdout) as {
    account: { read: { outcome: string; why: string } };
    known: unknown;
    wrong: string;
  };
  t.is(account.read.outcome, "unknown");
  t.regex(account.read.why, /^the addon cannot be loaded: [^\n]+$/);
  t.deepEqual(rest, { known: [], wrong: "TypeError" });
});
