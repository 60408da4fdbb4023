// What many scenarios have in common: a server that sends, clients that ask for it, and who of them is watched.
import type { EndSpec, Reading } from "../apps/end.js";
import type { Program } from "../../child.js";
import type { Site } from "../scenario.js";

/** Asks `web.js` for a body that has no end in the time of a scenario. */
export const askForDownload = "GET /download?bytes=1e12 HTTP/1.1\r\nHost: server\r\n\r\n";

export interface Parties {
  readonly server: Program;
  readonly clients: Program;
}

/** The HTTP server under test is at the near host; so many clients download from it and read as told. */
export const download = async (
  { near, far, start }: Site,
  { count = 1, read = "all" }: { readonly count?: number; readonly read?: Reading } = {},
): Promise<Parties> => {
  const server = await start(near, { script: "web.js", spec: { host: near.address }, agent: true });
  const spec: EndSpec = { host: near.address, greet: askForDownload, count, read };
  return { server, clients: await start(far, { script: "end.js", spec }) };
};

/** The client under test is at the near host, the server it talks to at the far one. */
export const dial = async (
  { near, far, start }: Site,
  peer: Omit<EndSpec, "host" | "listen">,
  own: Omit<EndSpec, "host">,
): Promise<Parties> => {
  const server = await start(far, { script: "end.js", spec: { ...peer, host: far.address, listen: true } });
  const clients = await start(near, { script: "end.js", spec: { ...own, host: far.address }, agent: true });
  return { server, clients };
};

/** The server under test is at the near host and speaks TCP; the clients are at the far one. */
export const accept = async (
  { near, far, start }: Site,
  own: Omit<EndSpec, "host" | "listen">,
  peer: Omit<EndSpec, "host">,
): Promise<Parties> => {
  const spec: EndSpec = { ...own, host: near.address, listen: true };
  const server = await start(near, { script: "end.js", spec, agent: true });
  return { server, clients: await start(far, { script: "end.js", spec: { ...peer, host: near.address } }) };
};
