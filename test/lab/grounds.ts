// Where an experiment takes place: one namespace with loopback, or two joined by a slow wire.
import type { Defer } from "./command.js";
import { createNamespace, type Namespace } from "./netns.js";
import { layWire, type Wire } from "./wire.js";

export interface Grounds {
  readonly servers: Namespace;
  readonly clients: Namespace;
  /** The servers' address. */
  readonly host: string;
}

export interface GroundsOptions {
  readonly wire?: Wire | undefined;
  /** sysctls of the servers' namespace. */
  readonly settings?: Readonly<Record<string, number>> | undefined;
}

export const prepareGrounds = async (defer: Defer, { wire, settings }: GroundsOptions): Promise<Grounds> => {
  const servers = createNamespace(defer, settings);
  if (wire === undefined) return { servers, clients: servers, host: "127.0.0.1" };
  const clients = createNamespace(defer);
  await layWire(defer, clients, servers, wire);
  return { servers, clients, host: "10.99.0.2" };
};
