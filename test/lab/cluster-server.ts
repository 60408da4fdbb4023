// A cluster of the lab's servers: the primary only forks. Orders go to every worker. LAB_WORKERS says how many,
// NODE_CLUSTER_SCHED_POLICY who accepts.
import cluster from "node:cluster";
import { once } from "node:events";
import { serve, specification } from "./server.js";

const lead = async (): Promise<void> => {
  const workers = Array.from({ length: Number(process.env.LAB_WORKERS ?? "1") }, () => cluster.fork());
  for (const worker of workers)
    worker.on("message", (message) => process.send?.({ ...message, worker: worker.process.pid }));
  await Promise.all(workers.map((worker) => once(worker, "listening")));
  process.on("message", (order: object) => {
    for (const worker of workers) worker.send(order);
  });
  process.on("disconnect", () => process.exit());
  process.send?.({ kind: "ready" });
};

const work = async (): Promise<void> => {
  const obey = await serve(specification(), (message) => void process.send?.(message));
  process.on("message", obey);
};

void (cluster.isPrimary ? lead() : work());
