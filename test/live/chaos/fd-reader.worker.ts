// Reads every socket of the process again and again, as fast as it can, until it is told to stop; then tells what it read.
import { parentPort, workerData } from "node:worker_threads";
import { readSockets } from "../../../src/kernel/index.js";
import { SocketTable } from "../../../src/kernel/socket-table.js";
import { createCookieWalk, walkCookies } from "../../../src/kernel/walk.js";

const control = new Int32Array(workerData as SharedArrayBuffer);
const walked = createCookieWalk();
const table = new SocketTable(64);
const readings = ["cookieBefore", "tcpInfo", "remote", "cookie"] as const;
/** cookie → remote port and bytes received, each pair once. */
const seen = new Map<bigint, Set<string>>();
let rows = 0;
let reused = 0;

parentPort?.postMessage({ kind: "reading" });
while (Atomics.load(control, 0) === 0) {
  walkCookies(walked);
  const fds = Int32Array.from({ length: walked.length }, (_, n) => walked.words[4 * n + 2]!);
  for (const row of readSockets(fds, { readings, into: table })) {
    rows += 1;
    const { cookie, remote, tcpInfo } = row;
    if (!row.valid || cookie === undefined) reused += 1;
    else if (remote?.port !== undefined && tcpInfo?.bytesReceived !== undefined) {
      const pairs = seen.get(cookie) ?? new Set();
      seen.set(cookie, pairs.add(`${remote.port} ${tcpInfo.bytesReceived}`));
    }
  }
  Atomics.add(control, 1, 1);
}
parentPort?.postMessage({ kind: "read", rows, reused, seen: [...seen].map(([cookie, pairs]) => [cookie, [...pairs]]) });
