// The sockets of an agent's own endpoint in a watched process: left out from outside as they are inside. Known where the
// process's environment or configuration names the address.
import { type Endpoint, endpointOf } from "./endpoint.js";

export interface AgentSockets {
  /** Whether a listener or an accepted connection of this process is its agent's. */
  has(
    pid: number | undefined,
    socket: { readonly port?: number | undefined; readonly path?: string | undefined },
  ): boolean;
}

export const createAgentSockets = (): AgentSockets => {
  const endpoints = new Map<number, Endpoint | undefined>();
  const of = (pid: number): Endpoint | undefined => {
    if (!endpoints.has(pid)) endpoints.set(pid, endpointOf(pid));
    return endpoints.get(pid);
  };
  return {
    has(pid, { port, path }) {
      const endpoint = pid === undefined ? undefined : of(pid);
      if (!endpoint) return false;
      return "path" in endpoint.address ? path === endpoint.name : port === endpoint.address.port;
    },
  };
};
