// SOCKSCOPE_REDACT=ip, in a snapshot: every place of it that holds a remote address.
import type { ConnectionsReading } from "../snapshot/connection.js";

interface Remote {
  readonly remoteAddress?: string | undefined;
}
interface Place {
  readonly address?: string | undefined;
}

/** The reading as it may leave the process; own addresses stay. */
export const redactConnections = (given: ConnectionsReading, address: (text: string) => string): ConnectionsReading => {
  const remote = <Row extends Remote>(row: Row): Row =>
    row.remoteAddress === undefined ? row : { ...row, remoteAddress: address(row.remoteAddress) };
  const place = <At extends Place>(at: At): At =>
    at.address === undefined ? at : { ...at, address: address(at.address) };
  const { rows, peers, closed, connectFailures, connectTimes, ports } = given;
  return {
    ...given,
    rows: rows.map(remote),
    peers: peers?.map(place),
    closed: closed && { ...closed, rows: closed.rows.map(remote) },
    connectFailures: connectFailures?.map(place),
    connectTimes: connectTimes?.map(place),
    ports: ports?.map(place),
  };
};
