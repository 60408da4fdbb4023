// /proc/sys/net/…: kernel settings, most of them per network namespace (Documentation/networking/ip-sysctl.rst).
import type { Sysctls } from "../snapshot/snapshot.js";
import { binding } from "../binding.js";
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
 * `from.pid` lives in another network namespace that may not be entered (that takes CAP_SYS_ADMIN there).
 */
export function readSysctl(name: string, from: From = {}): readonly number[] | undefined {
  const path = name.includes("/") ? name : name.replaceAll(".", "/");
  if (path.split("/").includes("..")) return undefined;
  const text = textOf(path, from, sharesNetns(from));
  return text === undefined ? undefined : parseSysctl(text);
}

/** /proc/sys/net shows the network namespace of the thread that reads: for another one, a thread has to go there. */
function textOf(path: string, from: From, shares: boolean | undefined): string | undefined {
  const file = procPath(from, `sys/${path}`);
  if (shares === true) return readText(file);
  if (shares === undefined || from.pid === undefined || from.proc !== undefined) return undefined;
  const size = binding?.readInNetns(from.pid, Buffer.from(`${file}\0`), buffer) ?? -1;
  return size < 0 ? undefined : buffer.toString("latin1", 0, size);
}

/** Settings are lines of some numbers. */
const buffer: Buffer = Buffer.allocUnsafeSlow(256);

/** The numbers of a setting's file; `undefined` where it holds anything else. Total. */
export function parseSysctl(text: string): readonly number[] | undefined {
  const words = text.trim().split(/\s+/);
  return words.every((word) => /^-?\d+$/.test(word)) ? words.map(Number) : undefined;
}

/** The settings the accept path depends on, of the network namespace of `from.pid`; what cannot be read is absent. */
export function readSysctls(from: From = {}): Sysctls {
  const shares = sharesNetns(from);
  const found: { -readonly [name in keyof Sysctls]: Sysctls[name] } = {};
  for (const [name, path] of paths) {
    const text = textOf(path, from, shares);
    const value = text === undefined ? undefined : parseSysctl(text)?.[0];
    if (value !== undefined) found[name] = value;
  }
  return found;
}
