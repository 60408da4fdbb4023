// Whether an endpoint may hear the token of our environment. Whoever listens there learns it, and any process may name any
// address in its own environment: so it is shown to sockets of our own user and of root, and to those of another user
// whose process was named. The kernel says whose a socket is (inet_diag's idiag_uid, the owner of a unix socket's file).
import { readFileSync, statSync } from "node:fs";
import type { HttpAddress } from "../../agent/options/http-address.js";
import { sharedDiag } from "../../kernel/diag.js";
import type { Endpoint } from "./endpoint.js";

export interface ShownToken {
  readonly token?: string | undefined;
  /** Why it is not shown. */
  readonly withheld?: string | undefined;
}

/** `isNamed`: the user named this process (`--pid`). */
export const tokenFor = ({ pid, address }: Endpoint, isNamed: boolean): ShownToken => {
  const token = process.env.SOCKSCOPE_HTTP_TOKEN || undefined;
  if (token === undefined) return {};
  const trusted = [0, process.geteuid?.(), isNamed ? userOf(pid) : undefined];
  const stranger = ownersOf(address).find((uid) => !trusted.includes(uid));
  if (stranger === undefined) return { token };
  return {
    withheld: `its socket belongs to user ${stranger}, who is not shown SOCKSCOPE_HTTP_TOKEN but with --pid ${pid}`,
  };
};

const wildcards = new Set(["0.0.0.0", "::"]);

/** The users whose sockets may answer there. */
const ownersOf = (address: HttpAddress): readonly number[] => {
  if ("path" in address) return [statSync(address.path, { throwIfNoEntry: false })?.uid ?? 0];
  const { host, port } = address;
  const listeners = sharedDiag()?.listeners().rows ?? [];
  return listeners
    .filter((row) => row.port === port && (row.address === host || host === "localhost" || wildcards.has(row.address)))
    .map(({ uid }) => uid);
};

const userOf = (pid: number): number | undefined => {
  try {
    const [, uid] = /^Uid:\s*\d+\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1")) ?? [];
    return uid === undefined ? undefined : Number(uid);
  } catch {
    return undefined;
  }
};
