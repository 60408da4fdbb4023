// Who is shown SOCKSCOPE_HTTP_TOKEN: an endpoint whose owner the kernel names, and who is trusted.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { askEndpoint } from "../../src/cli/outside/endpoint.js";
import { askTrusted } from "../../src/cli/outside/endpoint-token.js";
import { script } from "../lab/root.js";
import { runCommand } from "../live/run-node.js";
import { asRoot } from "../live/needs.js";

const question = { path: "/findings" };

/** An endpoint that answers nobody without the token; `tokens`: how often it was shown. */
const serveFor = async (
  t: ExecutionContext,
  at: { readonly path: string } | { readonly host: string; readonly port: number },
): Promise<{ readonly server: Server; readonly tokens: () => number }> => {
  let tokens = 0;
  const server = createServer((request, response) => {
    if (request.headers.authorization === "Bearer right") tokens += 1;
    else response.statusCode = 401;
    response.end("{}");
  });
  server.listen(at);
  await once(server, "listening");
  t.teardown(() => server.close());
  return { server, tokens: () => tokens };
};

const folderFor = (t: ExecutionContext): string => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-token-"));
  chmodSync(folder, 0o777);
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Asks from a process of its own, to which a filter may refuse system calls. */
const asking = `
const { askTrusted } = require(${JSON.stringify(require.resolve("../../src/cli/outside/endpoint-token.js"))});
const [pid, port] = process.argv.slice(1).map(Number);
const endpoint = { pid, address: { host: "127.0.0.1", port }, name: "HERE" };
askTrusted(endpoint, true, ${JSON.stringify(question)}).then((answer) => console.log(JSON.stringify(answer)));
`;

test("a token is shown where the kernel says whose the socket is, and withheld where netlink is refused and it does not", async (t) => {
  const { server, tokens } = await serveFor(t, { host: "127.0.0.1", port: 0 });
  const { port } = server.address() as AddressInfo;
  const ask = async (before: readonly string[]): Promise<unknown> => {
    const command = [...before, process.execPath, "-e", asking, String(process.pid), String(port)];
    const { stdout, stderr } = await runCommand(command, { SOCKSCOPE_HTTP_TOKEN: "right" });
    return JSON.parse(stdout || JSON.stringify(stderr));
  };
  t.deepEqual(await ask([]), { body: "{}" });
  t.is(tokens(), 1);
  // AF_NETLINK is 16.
  t.deepEqual(await ask(["python3", script("../live/denied/deny.py"), "socket:0=16:EPERM", "--"]), {
    reason:
      "it wants a token, and whose socket is at HERE cannot be seen from here, so that SOCKSCOPE_HTTP_TOKEN is not shown to it: ask it with curl (docs/endpoint.md)",
  });
  t.is(tokens(), 1);
});

/** Another user's: its name leads by turns to the socket of root and to its own, and it counts the tokens that it is shown. */
const thief = `
const { renameSync, symlinkSync } = require("node:fs");
let tokens = 0, asked = 0;
const server = require("node:http").createServer(({ headers, url }, response) => {
  if (url === "/seen") return response.end(JSON.stringify({ tokens, asked }));
  asked += 1;
  if (headers.authorization) tokens += 1;
  response.writeHead(401).end();
});
const turn = () => {
  for (const to of ["root.sock", "thief.sock"]) {
    symlinkSync(to, "next");
    renameSync("next", "http.sock");
  }
  setImmediate(turn);
};
server.listen("thief.sock", () => { turn(); console.log("up"); });
`;

asRoot("a name that leads to another file after it was looked at gets no token (needs root)", async (t) => {
  const folder = folderFor(t);
  const { tokens } = await serveFor(t, { path: join(folder, "root.sock") });
  const nobody = { uid: 65_534, gid: 65_534 };
  const child = spawn(process.execPath, ["-e", thief], {
    cwd: folder,
    ...nobody,
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.teardown(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  const endpointAt = (name: string): Parameters<typeof askTrusted>[0] => ({
    pid: child.pid!,
    address: { path: join(folder, name) },
    name,
  });
  process.env.SOCKSCOPE_HTTP_TOKEN = "right";
  for (let n = 0; n < 200; n += 1) await askTrusted(endpointAt("http.sock"), false, question);
  delete process.env.SOCKSCOPE_HTTP_TOKEN;
  const answer = await askEndpoint(endpointAt("thief.sock"), { path: "/seen" });
  const seen = "body" in answer ? JSON.parse(answer.body) : answer;
  t.log(seen, tokens());
  t.is(seen.tokens, 0);
  t.true(seen.asked > 0);
  t.true(tokens() > 0);
});
