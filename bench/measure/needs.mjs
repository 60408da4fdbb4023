// What a row needs beside Node, by Debian package: how to see that it is there, so that it need not be Debian's.
import { execFileSync } from "node:child_process";
import { getuid } from "node:process";

const works = (command, ...args) => {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch (error) {
    // A program that is there and does not know the option.
    return error.code !== "ENOENT" && typeof error.status === "number" && args.length === 1;
  }
};

const probes = {
  gcc: () => works(process.env.CC ?? "cc", "--version"),
  iproute2: () => works("ss", "-V"),
  "net-tools": () => works("netstat", "--version"),
  wrk: () => works("wrk", "-v"),
  "ruby-raindrops": () => works("ruby", "-e", 'require "raindrops"'),
  "python3-pyroute2": () => works("/usr/bin/python3", "-c", "import pyroute2"),
  "prometheus-node-exporter": () => works("prometheus-node-exporter", "--version"),
};

/** Each package that a row needs, and what for. */
export const needsOf = ({ id, needs = {} }) => [
  { name: "gcc", forWhat: "the limits in C, without which nothing is measured" },
  ...(needs.packages ?? []).map((name) => ({ name, forWhat: `${id} is not measured without it` })),
  ...(needs.peers ?? []).map((name) => ({ name, forWhat: `${id} is compared with it` })),
];

/** Those that are not there: `{ name, forWhat }`, each name once with all that it is for. */
export const missing = (wanted) =>
  [...new Set(wanted.map(({ name }) => name))]
    .filter((name) => !(probes[name]?.() ?? false))
    .map((name) => ({
      name,
      forWhat: [...new Set(wanted.filter((one) => one.name === name).flatMap(({ forWhat }) => forWhat))],
    }));

/** What installs Debian packages, as a command line. */
export const installing = (packages) => {
  const apt = ["apt-get", "install", "-y", "--no-install-recommends", ...packages];
  return getuid() === 0 ? apt : ["sudo", ...apt];
};

/** Runs it; asks for root by failing. */
export function install(packages) {
  const [command, ...args] = installing(packages);
  execFileSync(command, args, { stdio: ["inherit", process.stderr, "inherit"] });
}
