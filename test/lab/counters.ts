// The same facts by the usual tools: nstat(8) and ss(8), to hold our own readings against.
import type { Namespace } from "./netns.js";

/** Counters of the namespace by the kernel's names (`ListenOverflows`), as nstat prints them. */
export const nstat = (ns: Namespace): Record<string, number> => {
  const { kernel }: { kernel: Record<string, number> } = JSON.parse(ns.run("nstat", "-asz", "--json"));
  return Object.fromEntries(
    Object.entries(kernel).map(([name, value]) => [name.replace(/^(TcpExt|Tcp|IpExt)/, ""), value]),
  );
};

export interface SsListener {
  readonly length: number;
  readonly limit: number;
  readonly drops: number;
}

/** A TCP listener as `ss -ltnm` shows it: Recv-Q, Send-Q and the `d` of skmem. */
export const ssListener = (ns: Namespace, port: number): SsListener => {
  const text = ns.run("ss", "-Hltnm", `sport = :${port}`);
  const [, length, limit] = /^LISTEN\s+(\d+)\s+(\d+)/.exec(text) ?? [];
  const [, drops] = /skmem:\([^)]*,d(\d+)\)/.exec(text) ?? [];
  if (length === undefined || limit === undefined || drops === undefined)
    throw new Error(`no listener ${port}: ${text}`);
  return { length: Number(length), limit: Number(limit), drops: Number(drops) };
};
