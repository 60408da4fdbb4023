// The server of the demos: a small search service as somebody might have written it. It knows nothing of sockscope;
// the demo starts it with `--import sockscope/register` and its first argument says which mistake it makes.
import cluster from "node:cluster";
import { createServer } from "node:http";
import type { ServerPlan } from "./plan.js";

const plan: ServerPlan = JSON.parse(process.argv[2]!);

const documents = Array.from({ length: 400 }, (_, n) => `document ${n} has word${n % 97} and word${n % 89} in it`);

const database = new Int32Array(new SharedArrayBuffer(4));
const rowMs = 10;

/** Holds the main thread until it is done: nothing is accepted, read or answered meanwhile. */
function rebuildSearchIndex(ms: number): Map<string, number[]> {
  const index = new Map<string, number[]>();
  const until = performance.now() + ms;
  for (let row = 0; performance.now() < until; row += 1) {
    // What a synchronous database driver does: the thread waits until the row is here.
    Atomics.wait(database, 0, 0, rowMs);
    for (const word of documents[row % documents.length]!.split(" ")) {
      const found = index.get(word);
      if (found) found.push(row);
      else index.set(word, [row]);
    }
  }
  return index;
}

/** The same work in slices of one row: the loop turns between them. */
async function rebuildSearchIndexInSlices(ms: number): Promise<void> {
  for (let spentMs = 0; spentMs < ms; spentMs += rowMs) {
    rebuildSearchIndex(rowMs);
    await new Promise((resume) => setImmediate(resume));
  }
}

/** A page that costs more than it should, on every request. */
function renderReport(ms: number): string {
  return `${rebuildSearchIndex(ms).size} words`;
}

const answer = async (path: string): Promise<string> => {
  if (path === "/report") return renderReport(plan.reportMs ?? 0);
  if (path !== "/reindex") return "found nothing";
  if (plan.sliced) await rebuildSearchIndexInSlices(plan.reindexMs ?? 0);
  else rebuildSearchIndex(plan.reindexMs ?? 0);
  return "indexed";
};

const serve = (): void => {
  const server = createServer((request, response) => {
    void answer(request.url ?? "/").then((body) => response.end(`${body}\n`));
  });
  if (plan.maxConnections !== undefined) server.maxConnections = plan.maxConnections;
  server.listen({ port: 0, host: "127.0.0.1", backlog: plan.listenBacklog }, () => {
    const address = server.address();
    if (address !== null && typeof address === "object") process.send?.({ port: address.port });
  });
};

if (plan.workers !== undefined && cluster.isPrimary) {
  for (let n = 0; n < plan.workers; n += 1) cluster.fork();
  cluster.on("message", (_worker, message) => process.send?.(message));
} else serve();
process.on("disconnect", () => process.exit());
