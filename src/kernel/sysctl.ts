// /proc/sys/net/…: kernel settings, most of them per network namespace (Documentation/networking/ip-sysctl.rst).
import type { Sysctls } from "../snapshot/snapshot.js";
import { type From, procPath, readText, sharesNetns } from "./proc-root.js";

const paths: readonly (readonly [keyof Sysctls, string])[] = [
  ["somaxconn", "net/core/somaxconn"],
  ["tcp_max_syn_backlog", "net/ipv4/tcp_max_syn_backlog"],
  ["tcp_syncookies", "net/ipv4/tcp_syncookies"],
  ["tcp_abort_on_overflow", "net/ipv4/tcp_abort_on_overflow"],
  ["tcp_syn_linear_timeouts", "net/ipv4/tcp_syn_linear_timeouts"],
  ["tcp_synack_retries", "net/ipv4/tcp_synack_retries"],
  ["tcp_syn_retries", "net/ipv4/tcp_syn_retries"],
];

/**
 * One setting by its dotted name or its path: `readSysctl("net.ipv4.tcp_rmem")` → `[4096, 131072, 6291456]`.
 * `undefined`: absent on this kernel, not visible here (netdev_*, tcp_mem inside a network namespace), not numeric, or
 * `from.pid` lives in another network namespace. /proc/sys/net always shows the namespace of the thread that reads.
 */
export function readSysctl(name: string, from: From = {}): readonly number[] | undefined {
  if (sharesNetns(from) !== true) return undefined;
  const path = name.includes("/") ? name : name.replaceAll(".", "/");
  if (path.split("/").includes("..")) return undefined;
  const text = readText(procPath(from, `sys/${path}`));
  return text === undefined ? undefined : parseSysctl(text);
}

/** The numbers of a setting's file; `undefined` where it holds anything else. Total. */
export function parseSysctl(text: string): readonly number[] | undefined {
  const words = text.trim().split(/\s+/);
  return words.every((word) => /^-?\d+$/.test(word)) ? words.map(Number) : undefined;
}

/** The settings the accept path depends on; what cannot be read is absent, also all of another network namespace. */
export function readSysctls(from: From = {}): Sysctls {
  if (sharesNetns(from) !== true) return {};
  const found: { -readonly [name in keyof Sysctls]: Sysctls[name] } = {};
  for (const [name, path] of paths) {
    const text = readText(procPath(from, `sys/${path}`));
    const value = text === undefined ? undefined : parseSysctl(text)?.[0];
    if (value !== undefined) found[name] = value;
  }
  return found;
}
