// Whether what the agent says is about a certain socket: about itself, or about all at its port or to its peer.
import type { Finding } from "./finding.js";
import { placeOf } from "./format.js";
import type { ConnectionReading } from "../snapshot/connection.js";
import type { ListenerReading } from "../snapshot/snapshot.js";

const isConnection = (socket: ConnectionReading | ListenerReading): socket is ConnectionReading => !("limit" in socket);

/** A finding about many names the worst eight only: what they have in common is the peer of clients, or the port. */
const isOfGroup = ({ subject }: Finding, reading: ConnectionReading, shown: (address: string) => string): boolean => {
  const { localPort, remoteAddress, remotePort, path } = reading;
  if (subject.path !== undefined) return subject.path === path;
  if (subject.peer === undefined) return subject.port === localPort;
  return subject.peer === shown(placeOf({ address: remoteAddress, port: remotePort }));
};

const isAtPort = ({ subject: { path, port } }: Finding, listener: ListenerReading): boolean =>
  listener.path === undefined ? port === listener.port : path === listener.path;

/** `shown`: an address as findings show it. */
export const concerns = (
  finding: Finding,
  socket: ConnectionReading | ListenerReading,
  shown: (address: string) => string,
): boolean => {
  const { kind, fd } = finding.subject;
  if (fd !== undefined && fd !== socket.fd) return false;
  if (isConnection(socket))
    return (kind === "connection" || kind === "connections") && isOfGroup(finding, socket, shown);
  return kind === "listener" && isAtPort(finding, socket);
};
