// Private network namespaces (ip-netns(8)): loopback of their own, counters and settings of their own.
import { command, type Defer } from "./command.js";

export interface Namespace {
  readonly name: string;
  /** What to put before a command to run it inside. nsenter, because `ip netns exec` hides /sys/fs/cgroup. */
  readonly enter: readonly string[];
  /** Runs a command inside to its end. */
  run(file: string, ...args: readonly string[]): string;
}

/** sysctls by name: `{"net.core.somaxconn": 128}`. */
export type Settings = Readonly<Record<string, number | string>>;

let made = 0;

/** A new namespace with loopback up; `settings` are sysctls (`net.core.somaxconn`) written inside. */
export const createNamespace = (defer: Defer, settings: Settings = {}): Namespace => {
  made += 1;
  const name = `sockscope-${process.pid}-${made}`;
  command("ip", "netns", "add", name);
  defer(() => void command("ip", "netns", "delete", name));
  const enter = ["nsenter", `--net=/run/netns/${name}`, "--"];
  const run = (file: string, ...args: readonly string[]): string =>
    command(enter[0]!, ...enter.slice(1), file, ...args);
  command("ip", "-n", name, "link", "set", "lo", "up");
  for (const [key, value] of Object.entries(settings)) run("sysctl", "-qw", `${key}=${value}`);
  return { name, enter, run };
};
