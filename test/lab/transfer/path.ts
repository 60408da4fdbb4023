// Two hosts and what joins them: namespaces with a veth pair or a wire between them, or one with loopback only.
import type { Defer } from "../command.js";
import { createNamespace, type Namespace, type Settings } from "../netns.js";
import { type LaidWire, layWire, type Wire } from "../wire.js";

/** `loopback`: near and far are the same host. `wire`: a userspace link, near is its `a`. */
export type PathSpec = { readonly kind: "loopback" } | { readonly kind: "veth" } | ({ readonly kind: "wire" } & Wire);

export interface Host {
  readonly ns: Namespace;
  readonly address: string;
  /** Its device on the path. */
  readonly device: string;
}

export type Congestion = "cubic" | "reno" | "bbr";

export interface PathOptions {
  readonly path: PathSpec;
  /** Of both hosts; cubic, as almost everywhere. On loopback it is what this machine has. */
  readonly congestion?: Congestion | undefined;
  readonly settings?: { readonly near?: Settings | undefined; readonly far?: Settings | undefined } | undefined;
}

export interface Path {
  readonly near: Host;
  readonly far: Host;
  /** The wire's controls; asking for them on another path is a mistake. */
  readonly wire: LaidWire;
}

const noWire = (): never => {
  throw new Error("this path has no wire");
};
const unlaid: LaidWire = { set: noWire };

const joinByVeth = (near: Namespace, far: Namespace): void => {
  near.run("ip", "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", far.name);
  for (const [{ run }, address] of [
    [near, "10.99.0.1/24"],
    [far, "10.99.0.2/24"],
  ] as const) {
    run("ip", "addr", "add", address, "dev", "wire");
    run("ip", "link", "set", "wire", "up");
  }
};

/** By route: the sysctl refuses what the machine does not allow to everybody (cubic, where bbr is the default). */
const useCongestion = ({ ns, address }: Host, congestion: Congestion): void => {
  const route = ["10.99.0.0/24", "dev", "wire", "proto", "kernel", "scope", "link", "src", address];
  ns.run("ip", "route", "change", ...route, "congctl", congestion);
};

/** Makes the hosts and joins them; everything is undone by `defer`. */
export const layPath = async (defer: Defer, { path, congestion = "cubic", settings }: PathOptions): Promise<Path> => {
  const ns = createNamespace(defer, settings?.near);
  if (path.kind === "loopback") {
    const host = { ns, address: "127.0.0.1", device: "lo" };
    return { near: host, far: host, wire: unlaid };
  }
  const near = { ns, address: "10.99.0.1", device: "wire" };
  const far = { ns: createNamespace(defer, settings?.far), address: "10.99.0.2", device: "wire" };
  const wire = path.kind === "wire" ? await layWire(defer, near.ns, far.ns, path) : unlaid;
  if (path.kind === "veth") joinByVeth(near.ns, far.ns);
  for (const host of [near, far]) useCongestion(host, congestion);
  return { near, far, wire };
};
