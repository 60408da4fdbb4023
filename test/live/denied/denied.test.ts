// Each condition of the table: a server with an agent under it, several at once, each in a process of its own.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { onQuietMachine } from "../../lab/quiet-machine.js";
import { support } from "../../../src/index.js";
import { type Condition, type Ground, observed } from "./condition.js";
import { conditions } from "./conditions.js";
import { renderTable } from "./page.js";
import { ownCode } from "./serve.js";

const together = 3;
const blocked = ["event-loop-blocked", "cpu-starved", "unknown"];
const isRoot = process.getuid?.() === 0;
const isStrict = process.env.SOCKSCOPE_REQUIRE_ALL === "1";

/** Others' sockets in the same network namespace: a listener and a connection, at an address that is in no line. */
const others = "127.0.0.77";
test.before(async () => {
  const neighbour = net
    .createServer((socket) => socket.unref())
    .listen(0, others)
    .unref();
  await once(neighbour, "listening");
  const address = neighbour.address();
  const port = typeof address === "object" ? address?.port : undefined;
  await once(net.connect(port ?? 0, others).unref(), "connect");
});

const readings = Object.entries(support().readings);
const missingHere = new Set(readings.filter(([, { available }]) => !available).map(([name]) => name));
const denied = (names: readonly string[]): readonly string[] =>
  names.filter((name) => !missingHere.has(name)).toSorted();

let running = 0;
const waiting: (() => void)[] = [];
/** So many at a time: they share the CPUs. */
const inTurn = async <T>(run: () => Promise<T>): Promise<T> => {
  if (running >= together) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  try {
    return await run();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
};

const holds = async (t: ExecutionContext, condition: Condition, ground: Ground): Promise<void> => {
  const { finding: when, causes = blocked, stack, missing = [], told, code = ownCode } = condition.works;
  const { log, ...outcome } = await observed(condition, ground);
  t.like(outcome, { served: true, code, signal: null, stray: [], when }, log);
  t.deepEqual(denied(outcome.unavailable), denied(missing));
  const { cause } = outcome.finding ?? {};
  if (when !== "no") t.true(causes.includes(cause ?? ""), `${cause}: ${log}`);
  // A thread that waits for a CPU is not asked what it does.
  if (!stack || cause === "event-loop-blocked") t.is(outcome.blocking !== undefined, stack, log);
  if (told) t.regex(outcome.told.join("\n"), told);
  else t.deepEqual(outcome.told, []);
  t.false(log.includes(others), "an address of others");
};

const lacks = ({ asRoot, isPossible }: Condition): string => {
  if (asRoot && !isRoot) return " (needs root)";
  return isPossible?.() === false ? " (its packages cannot be installed)" : "";
};

for (const condition of conditions) {
  const lacking = lacks(condition);
  const possible = isStrict || lacking === "";
  const title = `${condition.name}: what still works${lacking}`;
  (possible ? test : test.skip)(title, async (t) => {
    t.timeout(300_000);
    await inTurn(() =>
      onQuietMachine(t, async (attempt) => {
        const folder = mkdtempSync(join(tmpdir(), "sockscope-denied-"));
        // Nobody must be able to look for a package.json here: Node 24 preloads nothing otherwise.
        chmodSync(folder, 0o755);
        try {
          await holds(attempt, condition, { folder });
        } finally {
          rmSync(folder, { recursive: true, force: true });
          await condition.after?.();
        }
      }),
    );
  });
}

test("the table", (t) => {
  for (const line of renderTable()) t.log(line);
  t.pass();
});
