// data-pruned: the kernel throws away what has arrived. The receive buffer is shrunk while the window that was offered
// before is on its way, and a pause, short enough to be meant, keeps it full.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { script } from "../../root.js";
import type { Expectation, Fault, Site } from "../scenario.js";

interface Shrinking {
  readonly count: number;
  /** What SO_RCVBUF is set to; the kernel doubles it. */
  readonly toBytes: number;
  /** How fast each upload goes: how much is on its way. */
  readonly send: object;
}

const shrink =
  ({ count, toBytes, send }: Shrinking) =>
  async ({ near, far, start, eventually, lasts, faultBegins, defer }: Site): Promise<void> => {
    const server = await start(near, { script: "reader.js", spec: { kind: "sink", host: near.address }, agent: true });
    await start(far, { script: "end.js", spec: { host: near.address, count, send } });
    await eventually("all connected", () => server.said.some((message) => message.count === count));
    const argv = [script("shrink.py"), String(server.pid), "3000", String(toBytes)];
    const shrinker = spawn("python3", argv, { stdio: ["pipe", "pipe", "inherit"] });
    defer(() => void shrinker.kill());
    await once(shrinker.stdout, "data");
    await lasts(1000);
    server.tell({ kind: "pause" });
    await server.hear("pause:done");
    faultBegins();
    shrinker.stdin.end("now\n");
    await lasts(2500);
    server.tell({ kind: "resume" });
  };

const expect: Expectation = { symptom: "data-pruned", cause: "receive-buffer-full" };

export const dataPruned: readonly Fault[] = [
  {
    expect,
    variant: "a buffer shrunk to 8 KB in a fast upload with a round trip of 40 ms",
    path: { kind: "wire", delayMs: 20 },
    run: shrink({ count: 1, toBytes: 8192, send: {} }),
  },
  {
    // the window that was offered before is used up a few writes later
    expect: { ...expect, evidentMs: 500 },
    variant: "12 buffers shrunk to 16 KB in uploads of 640 KB/s with a round trip of 80 ms",
    path: { kind: "wire", delayMs: 40 },
    run: shrink({ count: 12, toBytes: 16_384, send: { chunkBytes: 65_536, everyMs: 100 } }),
  },
  {
    expect,
    variant: "a buffer shrunk to 4 KB in an upload of 20 Mb/s with bbr and a round trip of 40 ms",
    path: { kind: "wire", delayMs: 20, bitsPerSecond: 20e6, queueBytes: 200_000 },
    congestion: "bbr",
    run: shrink({ count: 1, toBytes: 4096, send: {} }),
  },
];
