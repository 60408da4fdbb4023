// Every reading that goes through the addon, each field looked at, for memcheck: `npm run sanitize -- valgrind`.
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { createQuietWatch } from "../../src/kernel/quiet-watch.js";
import {
  dumpSockets,
  openDiag,
  openNetdev,
  readEthtool,
  readHostNetwork,
  readLinks,
  readListener,
  readLoops,
  readMemInfo,
  readQdiscs,
  readQueues,
  readSockets,
  readSysctls,
  readTcpInfo,
  registerLoop,
  walkSockets,
} from "../../src/kernel/index.js";
import { writeNow } from "../../src/kernel/write-now.js";

/** Reads all there is: memory that nobody wrote shows when it decides about the text. */
const shown = (...readings: readonly unknown[]): number =>
  JSON.stringify(readings, (_key, value: unknown) => (typeof value === "bigint" ? `${value}` : value)).length;

const main = async (): Promise<void> => {
  const server = createServer((socket) => socket.write("x".repeat(1000))).listen(0, "127.0.0.1");
  const unix = createServer().listen(`\0sockscope-readings-${process.pid}`);
  await Promise.all([once(server, "listening"), once(unix, "listening")]);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const client = connect(address.port, "127.0.0.1");
  const [peer] = (await once(server, "connection")) as [Socket];

  let characters = shown(
    readListener(server),
    readListener(unix),
    readTcpInfo(client),
    readMemInfo(peer),
    readQueues(peer),
  );
  characters += shown(
    [...readSockets([server, unix, client, peer])],
    [...(walkSockets() ?? [])],
    [...(dumpSockets() ?? [])],
  );
  for (const diag of [openDiag(), openDiag({ pid: process.ppid })])
    if (!(diag instanceof Error) && diag !== undefined) {
      characters += shown(diag.listeners(), diag.unixListeners(), [...diag.waiting([address.port])]);
      diag.close();
    }
  const netdev = openNetdev();
  if (!(netdev instanceof Error)) {
    characters += shown(netdev.napis(), netdev.queues(), netdev.queueStatistics("queue"));
    netdev.close();
  }
  characters += shown(readLinks(), readQdiscs(), readHostNetwork(), readEthtool("lo"), readEthtool("eth0"));
  characters += shown(registerLoop(), readLoops(), readSysctls({ pid: process.ppid }), writeNow(1, new Uint8Array(0)));

  let wake = (): void => {};
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const watch = createQuietWatch(wake);
  const now = performance.now();
  watch?.rest({
    now,
    begunAt: now,
    everyMs: 5,
    untilAt: now + 50,
    heldMs: 10_000,
    lateMs: 10_000,
    listeners: [],
    loops: readLoops().map((loop) => ({ ...loop, isWaitedFor: false, turnedAt: now })),
  });
  if (watch) await woken;
  characters += shown(watch?.stop());

  console.log(`readings: ${characters} characters told`);
  for (const socket of [client, peer]) socket.destroy();
  server.close();
  unix.close();
};

void main();
