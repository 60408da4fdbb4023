// Where the endpoint listens: opened, and if that cannot be done tried again with growing pauses. In a cluster all workers
// have the same address: one of them has it, the next takes over when it ends.
import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { connect, type Server } from "node:net";
import { errorCode } from "../../errors.js";

export type Place = { readonly host: string; readonly port: number } | { readonly path: string };

export interface PlaceEvents {
  /** It listens; `address` as a person would write it into a browser or give it to curl. */
  readonly opened: (address: string) => void;
  /** It does not listen; told once until it does. */
  readonly failed: (reason: string) => void;
}

const pausesMs = [1000, 2000, 5000, 10_000, 30_000, 60_000];

/** Only its owner may connect. */
const ownerOnly = 0o600;

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "the address is in use",
  EADDRNOTAVAIL: "this machine does not have the address",
  EACCES: "not permitted",
  EPERM: "not permitted",
  ERR_ACCESS_DENIED: "the permission model forbids it",
  ENOENT: "there is no such folder",
  ENOTFOUND: "the name leads nowhere",
};

const reasonOf = (error: unknown): string => {
  const code = errorCode(error);
  const known = reasons[code];
  return known === undefined ? code : `${known} (${code})`;
};

export const nameOf = (place: Place): string => {
  if ("path" in place) return place.path;
  return `${place.host.includes(":") ? `[${place.host}]` : place.host}:${place.port}`;
};

/** Whether somebody answers at a unix path. */
const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ path });
    const done = (does: boolean): void => {
      socket.destroy();
      resolve(does);
    };
    socket.on("connect", () => done(true));
    // Anything but a refusal leaves open whether somebody is there.
    socket.on("error", (error) => done(errorCode(error) !== "ECONNREFUSED"));
    socket.setTimeout(1000, () => done(true));
  });

/** What an agent left that was killed: a socket at which nobody answers. Nothing else is ever removed. */
const removeStale = async (path: string): Promise<void> => {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket() || (await answers(path))) return;
  unlinkSync(path);
};

/** Node 25 and later throw from a callback of their own where the permission model forbids the network: not to be caught. */
const isForbidden = (): boolean => {
  const permission: { readonly has: (scope: string) => boolean } | undefined = Reflect.get(process, "permission");
  return process.allowedNodeEnvironmentFlags.has("--allow-net") && permission !== undefined && !permission.has("net");
};

export const listenAt = (server: Server, place: Place, { opened, failed }: PlaceEvents): { close(): void } => {
  let tries = 0;
  let isClosed = false;
  let again: NodeJS.Timeout | undefined;

  const fail = (error: unknown): void => {
    if (isClosed) return;
    if (tries === 0) failed(reasonOf(error));
    again = setTimeout(() => void open(), pausesMs[Math.min(tries, pausesMs.length - 1)]).unref();
    tries += 1;
  };
  const open = async (): Promise<void> => {
    try {
      if (isForbidden()) return fail(new Error("the permission model forbids it (--allow-net)"));
      if ("path" in place) await removeStale(place.path);
      if (isClosed) return;
      // Exclusive: nothing of node:cluster is to hand it to somebody else.
      server.listen({ ...place, exclusive: true });
      if ("path" in place) chmodSync(place.path, ownerOnly);
    } catch (error) {
      if (server.listening) server.close();
      fail(error);
    }
  };
  // While it listens, an error is of a connection that could not be accepted: out of descriptors, and it goes on.
  server.on("error", (error) => {
    if (!server.listening) fail(error);
  });
  server.on("listening", () => {
    tries = 0;
    const address = server.address();
    if ("path" in place || typeof address !== "object" || address === null) return opened(nameOf(place));
    opened(`http://${nameOf({ host: place.host, port: address.port })}/`);
  });
  void open();
  return {
    close() {
      isClosed = true;
      clearTimeout(again);
    },
  };
};
