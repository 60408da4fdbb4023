// sock_diag across network namespaces, against what ss and nstat show there: needs root, iproute2 and python3.
import { spawn } from "node:child_process";
import { readlinkSync } from "node:fs";
import test, { type ExecutionContext } from "ava";
import { connectDiag, type Diag } from "../../src/kernel/index.js";
import { ssListener } from "../lab/counters.js";
import { eventually } from "../lab/eventually.js";
import { createNamespace, type Namespace } from "../lab/netns.js";
import { script } from "../lab/root.js";

const possible = process.getuid?.() === 0;
const live = possible || process.env.SOCKSCOPE_REQUIRE_ALL === "1" ? test.serial : test.serial.skip;
const why = possible ? "" : " (needs root)";

// A listener inside that nobody accepts for; its process also holds the clients that it is told to open.
const program = `
import socket, sys
server = socket.create_server(("127.0.0.1", 3000), backlog=4)
held = []
print("ready", flush=True)
for line in sys.stdin:
    for _ in range(int(line)):
        client = socket.socket(); client.setblocking(False)
        client.connect_ex(("127.0.0.1", 3000)); held.append(client)
    print("opened", flush=True)
`;

const inhabited = async (t: ExecutionContext) => {
  const defer = t.teardown.bind(t);
  const ns = createNamespace(defer);
  const [file, ...args] = [...ns.enter, "python3", "-c", program];
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "inherit"] });
  defer(() => void child.kill("SIGKILL"));
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  await eventually("the listener", () => said.includes("ready"));
  const diag = connectDiag({ pid: child.pid });
  if (diag instanceof Error) throw diag;
  defer(() => diag.close());
  const open = async (count: number): Promise<void> => {
    said = "";
    child.stdin.write(`${count}\n`);
    await eventually("the clients", () => said.includes("opened"));
  };
  return { ns, diag, open };
};
const listener = (diag: Diag) => diag.listeners().rows.find((row) => row.port === 3000)!;
const agrees = (diag: Diag, ns: Namespace) => {
  const { length, limit, drops } = listener(diag);
  return { ours: { length, limit, drops }, ss: ssListener(ns, 3000) };
};

live(
  `a listener of another namespace reads as ss reads it there, before, during and after an overflow${why}`,
  async (t) => {
    const own = readlinkSync("/proc/self/ns/net");
    const { ns, diag, open } = await inhabited(t);
    t.deepEqual(listener(diag).drops, 0);
    await open(3);
    t.deepEqual(agrees(diag, ns).ours, { length: 3, limit: 4, drops: 0 });
    await open(5);
    const { ours, ss } = agrees(diag, ns);
    t.deepEqual(ours, ss);
    t.like(ours, { length: 5, limit: 4 });
    t.true(ours.drops! >= 3);
    t.is(diag.waiting([3000]).get(3000)?.connections.length, 5);
    t.is(readlinkSync("/proc/self/ns/net"), own);
  },
);

live(`half-open connections are counted by port${why}`, async (t) => {
  const { ns, diag } = await inhabited(t);
  ns.run("ip", "route", "add", "172.31.0.0/16", "dev", "lo");
  t.deepEqual(
    [...diag.synRecv([3000, 3001])],
    [
      [3000, 0],
      [3001, 0],
    ],
  );
  t.is(ns.run("python3", script("syn.py"), "127.0.0.1", "3000", "1000", "0.004").trim(), "4");
  t.deepEqual(
    [...diag.synRecv([3000, 3001])],
    [
      [3000, 4],
      [3001, 0],
    ],
  );
  t.like(listener(diag), { length: 0, drops: 0 });
});

live(`members of a SO_REUSEPORT group are rows of their own, each with its limit${why}`, async (t) => {
  const { ns, diag } = await inhabited(t);
  const members = spawn(
    ns.enter[0]!,
    [
      ...ns.enter.slice(1),
      "python3",
      "-c",
      `
import socket, sys
members = [socket.socket() for _ in range(3)]
for i, member in enumerate(members):
    member.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    member.bind(("127.0.0.1", 3100)); member.listen(i + 1)
print("ready", flush=True); sys.stdin.read()`,
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  t.teardown(() => void members.kill("SIGKILL"));
  const rows = await eventually("three members", () => {
    const found = diag.listeners().rows.filter((row) => row.port === 3100);
    return found.length === 3 && found;
  });
  t.deepEqual(
    rows.map((row) => row.limit).toSorted((a, b) => a - b),
    [1, 2, 3],
  );
  t.is(new Set(rows.map((row) => row.cookie)).size, 3);
});

test.serial("a process that does not exist is refused with the call and its errno", (t) => {
  const refused = connectDiag({ pid: 2 ** 22 + 1 });
  t.like(refused, { code: "ENOENT", errno: 2, syscall: "open(ns/net)" });
});
