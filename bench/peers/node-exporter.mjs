// prometheus-node-exporter: CPU of the exporter for one scrape of some of its collectors, less that of an empty scrape.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";

const collectors = (names) => names.map((name) => `--collector.${name}`);

function start(port, names) {
  const args = [
    "--collector.disable-defaults",
    "--web.disable-exporter-metrics",
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  return spawn("prometheus-node-exporter", [...args, ...collectors(names)], { stdio: "ignore" });
}

// Of all its threads, in nanoseconds: utime of /proc/PID/stat counts in steps of 10 ms.
const cpuMs = (pid) =>
  readdirSync(`/proc/${pid}/task`)
    .map((tid) => Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, "utf8").split(" ")[0]))
    .reduce((sum, ns) => sum + ns / 1e6, 0);

async function scrape(port, deadline = 0) {
  try {
    await (await fetch(`http://127.0.0.1:${port}/metrics`)).arrayBuffer();
  } catch (error) {
    if (Date.now() > deadline) throw error;
    await new Promise((resolve) => setTimeout(resolve, 50));
    await scrape(port, deadline);
  }
}

async function costs(port, names, samples) {
  const child = start(port, names);
  try {
    await scrape(port, Date.now() + 5000);
    const all = [];
    for (let i = 0; i < samples; i++) {
      const before = cpuMs(child.pid);
      await scrape(port);
      all.push(cpuMs(child.pid) - before);
    }
    return all;
  } finally {
    child.kill();
    await once(child, "exit");
  }
}

/** CPU of each of so many scrapes, ms; an empty scrape's median is taken off. */
export const scrapes = (names) => async (samples) => {
  const empty = (await costs(9801, [], samples)).sort((one, other) => one - other);
  const floor = empty[Math.floor(empty.length / 2)];
  return (await costs(9802, names, samples)).map((ms) => Math.max(0, ms - floor));
};
