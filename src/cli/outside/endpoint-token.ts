// Whether an endpoint may hear the token of our environment. Whoever listens there learns it, and any process may name any
// address in its own environment: so it is shown to sockets of our own user and of root, and to those of another user
// whose process was named. The kernel says whose a socket is (inet_diag's idiag_uid, the owner of a unix socket's file);
// where it does not say, the token is not shown.
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import type { HttpAddress } from "../../agent/options/http-address.js";
import { sharedDiag } from "../../kernel/diag.js";
import { type Answer, askEndpoint, type Endpoint, type Question } from "./endpoint.js";

/** Asks with the token where it may be shown. Never rejects. `isNamed`: the user named this process (`--pid`). */
export const askTrusted = async (
  endpoint: Endpoint,
  isNamed: boolean,
  question: Omit<Question, "token" | "withheld">,
): Promise<Answer> => {
  const token = process.env.SOCKSCOPE_HTTP_TOKEN || undefined;
  if (token === undefined) return askEndpoint(endpoint, question);
  const { address, pid } = endpoint;
  const held = "path" in address ? holdFile(address.path) : undefined;
  try {
    const owners = "path" in address ? [held?.uid].flatMap((uid) => uid ?? []) : listenersAt(address);
    const withheld = reasonToWithhold(endpoint, owners, [0, process.geteuid?.(), isNamed ? userOf(pid) : undefined]);
    const place = held ? { ...endpoint, address: { path: held.path } } : endpoint;
    return await askEndpoint(place, withheld === undefined ? { ...question, token } : { ...question, withheld });
  } finally {
    if (held) closeSync(held.fd);
  }
};

/** `owners`: the users whose sockets may answer there. */
const reasonToWithhold = (
  { pid, name }: Endpoint,
  owners: readonly number[],
  trusted: readonly (number | undefined)[],
): string | undefined => {
  if (owners.length === 0)
    return `whose socket is at ${name} cannot be seen from here, so that SOCKSCOPE_HTTP_TOKEN is not shown to it: ask it with curl (docs/endpoint.md)`;
  const stranger = owners.find((uid) => !trusted.includes(uid));
  if (stranger === undefined) return undefined;
  return `its socket belongs to user ${stranger}, who is not shown SOCKSCOPE_HTTP_TOKEN but with --pid ${pid}`;
};

/** open(2): names a file of any kind, a socket too, and opens nothing. */
const O_PATH = 0o10_000_000;

/**
 * A unix socket's file, held so that whose it is and who is asked are one: in somebody else's folder its name may come to
 * mean another file in between. `undefined`: there is none, or its folder may not be entered.
 */
const holdFile = (path: string): { readonly fd: number; readonly uid: number; readonly path: string } | undefined => {
  try {
    const fd = openSync(path, O_PATH);
    return { fd, uid: fstatSync(fd).uid, path: `/proc/self/fd/${fd}` };
  } catch {
    return undefined;
  }
};

const wildcards = new Set(["0.0.0.0", "::"]);

const listenersAt = ({ host, port }: Exclude<HttpAddress, { readonly path: string }>): readonly number[] => {
  const listeners = sharedDiag()?.listeners().rows ?? [];
  return listeners
    .filter((row) => row.port === port && (host === "localhost" || isAt(row.address, host)))
    .map(({ uid }) => uid);
};

/** As it stands, by a wildcard, or as IPv4 by an IPv6 socket. */
const isAt = (address: string, host: string): boolean =>
  wildcards.has(address) || address.replace(/^::ffff:(?=\d+\.)/, "") === host;

const userOf = (pid: number): number | undefined => {
  try {
    const [, uid] = /^Uid:\s*\d+\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1")) ?? [];
    return uid === undefined ? undefined : Number(uid);
  } catch {
    return undefined;
  }
};
