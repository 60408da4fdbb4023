// Other tools on the same work: what one look costs them, in milliseconds of CPU, children included. Each needs its Debian
// package; what is not installed is left out.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import systeminformation from "systeminformation";
import { inProcess } from "../measure/raw.mjs";
import { scaled, summary } from "../measure/statistics.mjs";
import { scrapes } from "./node-exporter.mjs";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const quiet = { stdio: ["ignore", "ignore", "inherit"] };

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system + inProcess().childrenCpuMicros()) / 1000;
};

/** A command that looks once and ends. */
const command =
  (name, ...args) =>
  (samples) =>
    Array.from({ length: samples }, () => {
      const before = inProcess().childrenCpuMicros();
      execFileSync(name, args, quiet);
      return (inProcess().childrenCpuMicros() - before) / 1000;
    });

/** A script that looks again and again and prints its costs as a list in JSON. */
const script =
  (name, ...args) =>
  (samples) =>
    JSON.parse(execFileSync(name, [...args, String(samples)], { encoding: "utf8", maxBuffer: 2 ** 24 }));

/** A function of a library for Node; with what the event loop and its children take. */
const library = (look) => async (samples) => {
  const costs = [];
  for (let i = 0; i < samples; i++) {
    const before = cpuMs();
    await look();
    costs.push(cpuMs() - before);
  }
  return costs;
};

const raindrops = (...args) => script("ruby", here("raindrops.rb"), ...args);
const pyroute2 = (...args) => script("/usr/bin/python3", here("pyroute2_diag.py"), ...args);

const peers = {
  "ss -ltnm": ["iproute2", command("ss", "-ltnm")],
  "ss -tinm": ["iproute2", command("ss", "-tinm")],
  "nstat -as": ["iproute2", command("nstat", "-as")],
  "raindrops, all listeners": ["ruby-raindrops", raindrops("listeners")],
  "raindrops TCP_Info#get!, 1,000 sockets": ["ruby-raindrops", raindrops("own")],
  "raindrops TCP_Info#get! and its fields read, 1,000 sockets": ["ruby-raindrops", raindrops("own-fields")],
  "pyroute2, listeners": ["python3-pyroute2", pyroute2("listeners")],
  "pyroute2, dump": ["python3-pyroute2", pyroute2("dump")],
  "node_exporter tcpstat (counts of states)": ["prometheus-node-exporter", scrapes(["tcpstat"])],
  "node_exporter netstat, sockstat, softnet": ["prometheus-node-exporter", scrapes(["netstat", "sockstat", "softnet"])],
  "systeminformation networkConnections": ["net-tools", library(systeminformation.networkConnections)],
};

/** The Debian packages of these peers. */
export const packagesOf = (names) => [...new Set(names.map((name) => peers[name][0]))];

/** What one look costs each of them that is here: figures in ms of CPU. */
export async function beside(names, { samples, has }) {
  const figures = [];
  for (const name of names) {
    const [wanted, look] = peers[name];
    if (has(wanted)) figures.push({ what: name, brief: name, ...summary(await look(samples)), unit: "ms" });
  }
  return figures;
}

export const named = (count) => `${count.toLocaleString("en")} connections`;

/** Peers measured while N connections stand, each as a multiple of the raw look in C (`costs.raw`, ns) at that N. */
export const besideRaw = (measured) =>
  measured.flatMap(({ connections, costs, peers: figures }) =>
    figures.map((peer) => ({
      ...scaled(peer, 1e6 / summary(costs.raw).value, "×"),
      what: `${peer.what}, ${named(connections)}`,
    })),
  );
