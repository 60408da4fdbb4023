import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import test, { type ExecutionContext } from "ava";
import { readListener, readLoops, readSockets } from "../../src/kernel/index.js";
import { createQuietWatch, type QuietListener, type QuietPlan } from "../../src/kernel/quiet-watch.js";
import { packageRoot } from "../package-root.js";

const worker = (file: string, workerData?: Int32Array): Worker =>
  new Worker(join(packageRoot, "build-test/test/live", file), { workerData });

interface Blocked {
  readonly port: number;
  readonly loop: number;
  readonly listener: QuietListener;
}

/** A listener in a thread that stands still. */
const blockedListener = async (t: ExecutionContext): Promise<Blocked> => {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const thread = worker("blocked-listener.worker.js", gate);
  const ended = once(thread, "exit");
  t.teardown(async () => {
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
    await ended;
  });
  const [{ fd, port, loop }] = await once(thread, "message");
  const { cookie } = readSockets([fd], { readings: ["cookie"] }).row(0);
  return { port, loop, listener: { fd, cookie: cookie!, length: 0, limit: 7, drops: 0, longFrom: 2 } };
};

const loops = (waitedFor?: number): QuietPlan["loops"] =>
  readLoops().map(({ id, idleMs, iterations }) => {
    return { id, idleMs, iterations, isWaitedFor: id === waitedFor, turnedAt: performance.now() };
  });

interface Glance {
  readonly at: number;
  readonly loops: readonly (readonly [idleMs: number, iterations: number])[];
  readonly lengths: readonly number[];
}

/** Until it wakes; nothing is ever held up. */
const rest = (plan: Pick<QuietPlan, "listeners" | "loops" | "still"> & { forMs: number }): Promise<readonly Glance[]> =>
  new Promise((resolve) => {
    const now = performance.now();
    const glances = (): readonly Glance[] => {
      const seen = watch.stop();
      return Array.from({ length: seen.count }, (_, i) => ({
        at: seen.at(i),
        loops: plan.loops.map((_loop, k) => [seen.idleMs(i, k), seen.iterations(i, k)] as const),
        lengths: plan.listeners.map((_listener, k) => seen.length(i, k)),
      }));
    };
    const watch = createQuietWatch(() => resolve(glances()))!;
    watch.rest({ now, begunAt: now, everyMs: 5, untilAt: now + plan.forMs, heldMs: 60_000, lateMs: 20, ...plan });
  });
const minute = 60_000;

test.serial("while all is calm it glances until its time is up, and then tells what it saw", async (t) => {
  const { listener } = await blockedListener(t);
  const before = loops();
  const glances = await rest({ listeners: [listener], loops: before, forMs: 50 });
  t.true(glances.length > 0);
  for (const [i, glance] of glances.entries()) {
    t.deepEqual(glance.lengths, [0]);
    t.deepEqual(
      glance.loops,
      before.map(({ idleMs, iterations }) => [idleMs, iterations] as const),
    );
    t.true(i === 0 || glance.at > glances[i - 1]!.at);
  }
});

test.serial("beyond its time it glances on while files begin as they did", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-still-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "sockstat");
  const restUntil = async (text: string, changed: string): Promise<boolean> => {
    writeFileSync(path, "used 7\nTCP 1\n");
    const fd = openSync(path, "r");
    const memory = Buffer.alloc(64, "used 7\n");
    const files = { places: Int32Array.of(fd, 0, memory.length, "used 7\n".length, 0), memory };
    const untilAt = performance.now() + 30;
    writeFileSync(path, text);
    const later = setTimeout(() => writeFileSync(path, changed), 80);
    const still = { files, intervalMs: 10, untilAt: untilAt + minute };
    const glances = await rest({ listeners: [], loops: loops(), still, forMs: 30 });
    clearTimeout(later);
    closeSync(fd);
    return glances.some(({ at }) => at > untilAt + 10);
  };
  t.true(await restUntil("used 7\nTCP 2\n", "used 8\nTCP 2\n"));
  t.false(await restUntil("used 8\nTCP 1\n", ""));
  t.false(await restUntil("used", ""));
});

test.serial("a queue that becomes long ends the rest; one that only fills does not", async (t) => {
  const { listener, port } = await blockedListener(t);
  const clients = [net.connect(port, "127.0.0.1")];
  await once(clients[0]!, "connect");
  t.teardown(() => {
    for (const client of clients) client.destroy();
  });
  const woken = rest({ listeners: [{ ...listener, length: 0 }], loops: loops(), forMs: minute });
  clients.push(net.connect(port, "127.0.0.1"));
  const glances = await woken;
  t.deepEqual(readListener(listener.fd), { length: 2, limit: 7, drops: 0 });
  t.true(glances.every(({ lengths }) => lengths[0] === 1));
});

test.serial("a queue that fills while its loop stands ends the rest at once", async (t) => {
  const { listener, loop, port } = await blockedListener(t);
  const client = net.connect(port, "127.0.0.1");
  t.teardown(() => client.destroy());
  await once(client, "connect");
  t.deepEqual(await rest({ listeners: [listener], loops: loops(loop), forMs: minute }), []);
});

test.serial("a loop that is waited for and stands ends the rest when it is late", async (t) => {
  const { listener, loop } = await blockedListener(t);
  const glances = await rest({ listeners: [listener], loops: loops(loop), forMs: minute });
  t.true(glances.length < 20);
});

test.serial("whatever is not as it was ends the rest before the first glance", async (t) => {
  const { listener } = await blockedListener(t);
  const changed: readonly Partial<QuietListener>[] = [
    { cookie: listener.cookie + 1n },
    { cookie: listener.cookie + (1n << 32n) },
    { limit: 8 },
    { drops: 1 },
    { fd: 2 },
    { fd: 1_000_000 },
  ];
  for (const change of changed)
    t.deepEqual(await rest({ listeners: [{ ...listener, ...change }], loops: loops(), forMs: minute }), []);
  t.deepEqual(await rest({ listeners: [listener], loops: [], forMs: minute }), []);
  const other = loops().map((loop) => ({ ...loop, id: loop.id + 1 }));
  t.deepEqual(await rest({ listeners: [listener], loops: other, forMs: minute }), []);
});

test.serial("a thread can end in the middle of a rest", async (t) => {
  const thread = worker("resting.worker.js");
  await once(thread, "message");
  t.is(await thread.terminate(), 1);
});
